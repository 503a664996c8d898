// Live content comes by one WebSocket without a negotiation before it: of two control silos behind one address, the one that took the
// negotiation need not be the one that the connection leads to.
Blazor.start({
  circuit: {
    configureSignalR: connection => connection.withUrl("_blazor", { skipNegotiation: true, transport: 1 }),
  },
});
