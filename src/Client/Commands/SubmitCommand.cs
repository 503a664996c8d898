using System.CommandLine;
using System.Text.Json.Nodes;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Grains.Specs;

namespace AdaptCluster.Client.Commands;

/// <summary><c>sweep submit FILE</c>.</summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var file = CommonOptions.SpecFile();
        var cluster = CommonOptions.Cluster();
        var json = CommonOptions.Json();
        var set = CommonOptions.Set();
        var name = new Option<string?>("--name") { Description = "The sweep's name, instead of the spec's." };
        var watch = new Option<bool>("--watch") { Description = "On a cluster: follow the sweep to its end and print the table." };
        var command = new Command("submit", "Validates, plans and runs a sweep; run again after an interruption, it goes on where it stopped.") { file, cluster, json, set, name, watch };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var assignments = parsed.GetValue(set)!.ToList();
            if (parsed.GetValue(name) is { } text) assignments.Add($"name={JsonValue.Create(text).ToJsonString()}");
            var source = parsed.GetValue(file)!;
            var spec = await CommonOptions.ReadSpecAsync(source, assignments, cancellation);
            // Refused here at once; the silo checks again, since a client is not trusted.
            SpecParser.Parse(spec, source);

            var clustered = parsed.GetValue(cluster) is not null;
            await using var connection = await SweepConnection.OpenAsync(parsed.GetValue(cluster), ConnectionUse.Train, cancellation);
            var id = await connection.Front.SubmitAsync(spec, source);
            if (!clustered || parsed.GetValue(watch)) return await Follower.FollowAsync(connection, id, parsed.GetValue(json), output, error, cancellation);
            await output.WriteLineAsync(parsed.GetValue(json) ? new JsonObject { ["sweep"] = id.Value }.ToJsonString(AdaptClusterJson.Indented) : id.Value);
            return SweepCommand.Success;
        });
        return command;
    }
}
