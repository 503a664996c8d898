using System.CommandLine;
using AdaptCluster.Client.Commands;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Local.Commands;

/// <summary><c>sweep methods</c>.</summary>
internal static class MethodsCommand
{
    public static Command Create()
    {
        var schema = new Option<bool>("--schema")
        {
            Description = "Print the JSON Schema of specs instead, with the methods of ADAPTCLUSTER_METHODS; editors use it by "
                + "\"$schema\".",
        };
        var command = new Command("methods", "Shows the methods that specs may name, with their presets and settings.") { schema };
        command.SetAction(async (parsed, _) =>
        {
            var (methods, output) = (SiloSettings.FromEnvironment().KnownMethods, parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(schema))
            {
                await output.WriteAsync(methods.Schema.Text);
                return SweepCommand.Success;
            }
            string[] tables = [MethodTables.Summaries(methods), MethodTables.Presets(methods), MethodTables.Settings(methods)];
            await output.WriteAsync(string.Join('\n', tables));
            return SweepCommand.Success;
        });
        return command;
    }
}
