using System.CommandLine;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("doctor", "Shows what this machine can run: device, versions, memory, store, models and data sets.") { json };
        command.SetAction(async (parsed, _) =>
        {
            var report = Doctor.Examine(SiloSettings.FromEnvironment());
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, AdaptClusterJson.Indented));
            else foreach (var (name, finding) in report) await output.WriteLineAsync($"{name,-12} {finding}");
            return SweepCommand.Success;
        });
        return command;
    }
}
