package import Storage

package enum CodelistenMigrations {
    package static let all: [Migration] = []
}
