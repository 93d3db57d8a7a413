import Crypto
import Kernel
import Web

extension Geheimnis {
    /// What the database keeps of a secret, and what names something without telling it: SHA-256, as base64url.
    static func hash(_ text: String) -> String { Base64URL.encode(Array(SHA256.hash(data: Array(text.utf8)))) }
}
