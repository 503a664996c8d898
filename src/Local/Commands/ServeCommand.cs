using System.CommandLine;
using AdaptCluster.Client.Commands;
using AdaptCluster.Silo;
using AdaptCluster.Silo.Hosting;

namespace AdaptCluster.Local.Commands;

/// <summary><c>sweep serve</c>.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var port = CheckedOptions.WholeNumber("--gateway-port",
            "Port of the gateway on the loopback interface, for a silo that is in no cluster.", value: 30000, least: 1, most: 65535);
        var command = new Command(
            "serve",
            "Runs a silo in the foreground: of a cluster where Store:ConnectionString is configured, else by itself for the commands that "
            + "use the same home folder.") { port };
        command.SetAction(async (parsed, cancellation) =>
        {
            var settings = HostSettings.FromEnvironment();
            settings = settings with { Silo = settings.Silo with { LocalGatewayPort = parsed.GetValue(port), Verbose = true } };
            await SiloProgram.RunAsync(settings, parsed.InvocationConfiguration.Error, cancellation);
            return SweepCommand.Success;
        });
        return command;
    }
}
