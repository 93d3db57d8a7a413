package import Storage

package enum SucheMigrations {
    package static let all: [Migration] = []
}
