import TestKit
import Testing

@testable import Codelisten
