import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// The first handler of a connection: sees every byte and keeps the connection's state.
final class Verbindung: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private static let zuVoll: ByteBuffer = {
        let text = "Gerade sind zu viele Verbindungen offen. Bitte versuchen Sie es gleich noch einmal.\n"
        return ByteBuffer(
            string: "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n"
                + "Cache-Control: no-store\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "X-Content-Type-Options: nosniff\r\n"
                + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)")
    }()

    /// So many refused ones may stay open until their answer is read.
    private static let abgewieseneHoechstens = 128

    let alle: Verbindungen
    private let schleife: Schleife
    var zustand: Verbindungszustand
    /// Its index in the list of the loop.
    var platz: Int?
    /// Whether anybody ever asked something through it, or had the time to.
    var hatGearbeitet = false
    /// Tells the client why, where it still can.
    var begruende: ((HTTPResponseStatus) -> Void)?
    private var abgewiesen = false
    private var context: ChannelHandlerContext?

    init(_ alle: Verbindungen, _ eventLoop: any EventLoop) {
        self.alle = alle
        schleife = alle.schleife(eventLoop)
        zustand = Verbindungszustand(.now())
    }

    /// Nobody waits for anything on it.
    var istEntbehrlich: Bool { hatGearbeitet && !abgewiesen && zustand.ruht }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        abgewiesen = !schleife.nimmAuf(self)
        context.channel.closeFuture.assumeIsolatedUnsafeUnchecked().whenComplete { _ in self.schleife.entlasse(self) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        begruende = nil
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        guard abgewiesen else { return context.fireChannelActive() }
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(Verbindung.zuVoll)), promise: nil)
        // Closing at once could throw the answer away before it is read, but there is room for some of these alone.
        let isCrowd = alle.offen.load(ordering: .relaxed) > alle.grenzen.verbindungen + Verbindung.abgewieseneHoechstens
        context.close(mode: isCrowd ? .all : .output, promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if abgewiesen { return }
        zustand.gelesen(unwrapInboundIn(data).readableBytes, .now())
        context.fireChannelRead(data)
        if zustand.kopfbytes > 16_384, schleife.kopfbytes + zustand.kopfbytes > alle.grenzen.koepfe {
            begruende?(.requestHeaderFieldsTooLarge)
            schliesse(.kopf)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        zustand.liest(false)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        zustand.liest(true)
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        zustand.geschrieben(unwrapOutboundIn(data).readableBytes, .now())
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            zustand.verabschiede(bis: .now() + alle.grenzen.nachlauf)
            return pruefe(.now())
        }
        // Our half is closed, so nothing is left to say; the other side has until the next beat to read it.
        if case ChannelEvent.outputClosed? = event as? ChannelEvent { zustand.verabschiede() }
        context.fireUserInboundEventTriggered(event)
    }

    func pruefe(_ jetzt: NIODeadline) {
        guard let context else { return }
        hatGearbeitet = true
        // A closed channel knows no options and leaves by itself.
        let ausstehend =
            zustand.alleGeschrieben
            ? 0 : (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)).flatMap { $0 } ?? 0
        if abgewiesen {
            if jetzt - zustand.ruhtBeginn > .seconds(2) { context.close(promise: nil) }
            return
        }
        guard let grund = zustand.pruefe(alle.grenzen, ausstehend: ausstehend, jetzt) else { return }
        if grund == .kopf || (grund == .koerper && !zustand.antwortBegonnen) { begruende?(.requestTimeout) }
        schliesse(grund)
    }

    func schliesse(_ grund: Verbindungszustand.Grund) {
        guard let context else { return }
        alle.zaehle(grund)
        if grund == .abnahme {
            // What the client does not take shall not stay in the kernel either; without it, it stays for a while.
            (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                .whenComplete { _ in }
        }
        context.close(promise: nil)
    }
}

/// Sits behind the decoder: tells the connection where requests and answers begin and end.
final class Nachrichtenwacht: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let verbindung: Verbindung
    /// Nothing more is read from this connection.
    private var istTaub = false

    init(_ verbindung: Verbindung) { self.verbindung = verbindung }

    func handlerAdded(context: ChannelHandlerContext) {
        verbindung.begruende = { [unowned self] status in self.begruende(status, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { verbindung.begruende = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if istTaub { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            verbindung.hatGearbeitet = true
            // A proxy may have read the one, we would read the other (RFC 9112, section 3.2).
            guard head.headers["Host"].count <= 1 else {
                istTaub = true
                begruende(.badRequest, context, "Die Anfrage nennt mehr als einen Rechner.\n")
                return context.close(promise: nil)
            }
            // The parser stops after what might become another protocol, so nothing more can be asked there.
            let bleibt = head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "Upgrade")
            verbindung.zustand.kopfFertig(bleibt: bleibt, .now())
        case .body: break
        case .end: verbindung.zustand.koerperFertig()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            if verbindung.alle.abschied.load(ordering: .relaxed) { verbindung.zustand.verabschiede() }
            verbindung.zustand.antwortBeginnt()
            guard verbindung.zustand.letzteAntwort, verbindung.zustand.inArbeit <= 1 else { fallthrough }
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body: context.write(data, promise: promise)
        case .end:
            guard verbindung.zustand.antwortFertig(.now()) else { return context.write(data, promise: promise) }
            let written = promise ?? context.eventLoop.makePromise()
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
            context.write(data, promise: written)
        }
    }

    private func begruende(
        _ status: HTTPResponseStatus, _ context: ChannelHandlerContext,
        _ satz: String = "Die Anfrage kam zu langsam oder zu groß an.\n"
    ) {
        let text = ByteBuffer(string: satz)
        let headers: HTTPHeaders = [
            "Connection": "close", "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store", "Content-Length": String(text.readableBytes),
        ]
        context.write(
            wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(text))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
