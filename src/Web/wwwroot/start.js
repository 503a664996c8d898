// Live content uses one WebSocket without negotiation: with two control silos behind one address, the negotiation and the connection could
// reach different silos.
Blazor.start({
  circuit: {
    configureSignalR: connection => connection.withUrl("_blazor", { skipNegotiation: true, transport: 1 }),
  },
});
