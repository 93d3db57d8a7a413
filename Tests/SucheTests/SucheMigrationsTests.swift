import TestKit
import Testing

@testable import Suche
