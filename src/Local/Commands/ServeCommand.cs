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
            "The gateway's port on the loopback interface, for a silo outside a cluster.", value: 30000, least: 1, most: 65535);
        var command = new Command(
            "serve",
            "Runs a silo in the foreground: in a cluster if Store:ConnectionString is set, otherwise standalone, for commands that "
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
