using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Client.Commands;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Hosting;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Local.Commands;

/// <summary><c>sweep methods</c>.</summary>
internal static class MethodsCommand
{
    public static Command Create()
    {
        var schema = new Option<bool>("--schema")
        {
            Description = "Print the JSON Schema of specs instead, including the methods of ADAPTCLUSTER_METHODS; editors use it through "
                + "\"$schema\".",
        };
        var json = CommonOptions.Json();
        var command = new Command("methods", "Lists the methods for specs, with their presets and settings.") { schema, json };
        command.SetAction(async (parsed, _) =>
        {
            var (methods, output) = (HostSettings.FromEnvironment().Silo.KnownMethods, parsed.InvocationConfiguration.Output);
            if (parsed.GetValue(schema))
            {
                await output.WriteAsync(methods.Schema.Text);
                return SweepCommand.Success;
            }
            if (parsed.GetValue(json))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(methods.All.Select(Described), AdaptClusterJson.Indented));
                return SweepCommand.Success;
            }
            string[] tables = [MethodTables.Summaries(methods), MethodTables.Presets(methods), MethodTables.Settings(methods)];
            await output.WriteAsync(string.Join('\n', tables));
            return SweepCommand.Success;
        });
        return command;
    }

    private static object Described(MethodDescriptor method) => new
    {
        method.Name,
        method.Title,
        method.IsTrained,
        method.ClassifiesNewClasses,
        method.Summary.Trains,
        Preset = method.IsTrained ? new { method.Preset.Epochs, method.Preset.BatchSize, method.Preset.LearningRate } : null,
        Settings = method.Settings.Select(setting => new { setting.Name, setting.Default, setting.Meaning, setting.Schema }),
    };
}
