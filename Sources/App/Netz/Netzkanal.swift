import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// HTTP/1.1 as the framework speaks it, with our limits around it.
struct Netzkanal: ServerChildChannel, HTTPChannelHandler {
    private let inneres: HTTP1Channel
    private let verbindungen: Verbindungen

    init(_ verbindungen: Verbindungen, responder: @escaping HTTPChannelHandler.Responder) {
        self.verbindungen = verbindungen
        inneres = HTTP1Channel(
            responder: responder,
            configuration: .init(
                // Closing in time is our handlers' work: the framework would cut off an answer still being read.
                idleTimeout: nil,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: Netzgrenzen.kopfgroesse, maxHeaderListSize: Netzgrenzen.kopfgroesse,
                    maxHeaderFieldCount: 200)))
    }

    var responder: HTTPChannelHandler.Responder { inneres.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Uebergabe> {
        let verbindung = channel.eventLoop.makeCompletedFuture {
            let verbindung = Verbindung(verbindungen, channel.eventLoop)
            try channel.pipeline.syncOperations.addHandler(verbindung)
            // TCP_NOTSENT_LOWAT; where a system does not know it, the kernel decides how much it holds.
            try? channel.syncOptions?.setOption(
                .tcpOption(NIOBSDSocket.Option(rawValue: 25)), value: SocketOptionValue(Netzgrenzen.sendepuffer))
            return NIOLoopBound(verbindung, eventLoop: channel.eventLoop)
        }
        return verbindung.flatMap { verbindung in
            inneres.setup(channel: channel, logger: logger).map(Uebergabe.init).flatMapThrowing { uebergabe in
                let pipeline = channel.pipeline.syncOperations
                let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
                try pipeline.addHandler(Nachrichtenwacht(verbindung.value), position: .after(decoder))
                return uebergabe
            }
        }
    }

    func handle(value: Uebergabe, logger: Logger) async {
        await inneres.handle(value: value.nimm(), logger: logger)
    }
}
