package import Storage

/// What is backed up, and where a backup goes back to.
package struct Installation: Sendable {
    /// Where the rows are.
    package enum Datenbank: Sendable, Equatable {
        /// The path of the file.
        case sqlite(String)
        /// A conninfo; never printed, because it may hold a password.
        case postgres(String)
    }

    /// Files beside the database, under a name of their own in the backup.
    package struct Bereich: Sendable, Equatable {
        package let name: String
        package let ordner: String

        package init(name: String, ordner: String) { (self.name, self.ordner) = (name, ordner) }
    }

    package let datenbank: Datenbank
    package let bereiche: [Bereich]
    /// The version of this program.
    package let programm: String
    package let migrationen: [Migration]

    package init(datenbank: Datenbank, bereiche: [Bereich], programm: String, migrationen: [Migration]) {
        (self.datenbank, self.bereiche) = (datenbank, bereiche)
        (self.programm, self.migrationen) = (programm, migrationen)
    }
}
