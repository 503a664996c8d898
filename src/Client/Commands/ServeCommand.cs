using System.CommandLine;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Hosting;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep serve</c>.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--gateway-port") { Description = "Port of the gateway on the loopback interface.", DefaultValueFactory = _ => 30000 };
        port.Validators.Add(result => { if (result.GetValue(port) is < 1 or > 65535) result.AddError("--gateway-port: write a port from 1 to 65535"); });
        var command = new Command("serve", "Runs a silo in the foreground; other commands on this machine join it by --cluster localhost:PORT, or by the same home folder.") { port };
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = SiloSettings.FromEnvironment() with { GatewayPort = parsed.GetValue(port), Verbose = true };
            if (!HomeLock.TryTake(settings.Home, out var home))
                throw new AdaptClusterException($"{settings.Home} is held by another process; end it, or name another folder by ADAPTCLUSTER_HOME.");
            await using var silo = await SiloHost.StartAsync(settings, home, cancellation);
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"silo ready: gateway localhost:{silo.GatewayPort}, {settings.Workers} workers on {settings.Device}, store {settings.Home}");
            await silo.WaitForShutdownAsync(cancellation);
            return SweepCommand.Success;
        });
        return command;
    }
}
