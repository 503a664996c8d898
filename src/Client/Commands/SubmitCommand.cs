using System.CommandLine;
using System.Text.Json.Nodes;
using AdaptCluster.Client.Connection;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Sweeps.Specs;

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
        var detach = new Option<bool>("--detach")
        {
            Description = "Print the sweep's id and return; needs a cluster, or a silo that runs already ('sweep serve').",
        };
        var (web, priority, parallel, pool) = (CommonOptions.Web(), CommonOptions.Priority(),
            CommonOptions.Parallel(), CommonOptions.Pool());
        var noCache = new Option<bool>("--no-cache") { Description = "Run every job, also those whose result an earlier sweep has." };
        var verify = CheckedOptions.Number("--verify-cache",
            "Share of the cached jobs, 0 to 1, that run all the same and are compared with the earlier result.", 0, share =>
            share is >= 0 and <= 1, "a share from 0 to 1");
        var command = new Command(
            "submit", "Validates, plans and runs a sweep; run again after an interruption, it goes on where it stopped.")
        {
            file, cluster, json, set, name, watch, detach, web, priority, parallel, pool, noCache, verify,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var assignments = parsed.GetValue(set)!.ToList();
            if (parsed.GetValue(name) is { } text) assignments.Add($"name={JsonValue.Create(text).ToJsonString()}");
            if (parsed.GetValue(watch) && parsed.GetValue(detach))
                throw new InvalidInputException("--watch and --detach: write one of them.");
            var source = parsed.GetValue(file)!;
            var spec = await CommonOptions.ReadSpecAsync(source, assignments, cancellation);
            // Refused here at once; the silo checks again, since a client is not trusted.
            SpecParser.Parse(spec, source, SiloSettings.FromEnvironment().KnownMethods);
            var options = new SubmitOptions
            {
                Priority = parsed.GetValue(priority) ?? 0,
                Parallel = parsed.GetValue(parallel) ?? 0,
                UseCache = !parsed.GetValue(noCache),
                VerifyCache = parsed.GetValue(verify),
                Pool = parsed.GetValue(pool),
                SubmittedBy = SweepConnection.UserName,
            };

            var follow = parsed.GetValue(cluster) is null ? !parsed.GetValue(detach) : parsed.GetValue(watch);
            return await CommonOptions.TrainAsync(parsed.GetValue(cluster), error, async connection =>
            {
                if (parsed.GetValue(detach) && connection.Embedded)
                    throw new InvalidInputException(
                        "--detach: this process would run the sweep itself; start 'sweep serve' first, or name a cluster by --cluster.");
                await CommonOptions.CheckPoolAsync(connection, options.Pool, error);
                var id = await connection.Front.SubmitAsync(spec, source, options);
                if (connection.Clustered && options.Pool is null)
                    await CommonOptions.CheckPoolAsync(connection, (await connection.Sweep(id).StatusAsync()).Pool, error, "pool");
                await ApplyAsync(connection, id, new ShareChange
                {
                    Priority = parsed.GetValue(priority),
                    Parallel = parsed.GetValue(
                    parallel),
                    Pool = options.Pool
                }, !options.UseCache || options.VerifyCache > 0, error);
                if (follow) return await Follower.FollowAsync(connection, id, parsed.GetValue(json), output, error, cancellation);
                await output.WriteLineAsync(parsed.GetValue(json)
                    ? new JsonObject { ["sweep"] = id.Value }.ToJsonString(AdaptClusterJson.Indented) : id.Value);
                return SweepCommand.Success;
            }, cancellation, parsed.GetValue(web));
        });
        return command;
    }

    /// <summary>
    /// A sweep that is there already goes on as it was submitted first; what was asked for now is changed, or said to have no effect.
    /// </summary>
    private static async Task ApplyAsync(SweepConnection connection, SweepId id, ShareChange change, bool computes, TextWriter error)
    {
        if (!computes && change == new ShareChange()) return;
        var status = await connection.Sweep(id).StatusAsync();
        if (computes && status.Summary.State == SweepState.Completed)
            await error.WriteLineAsync(
                $"{id} is completed already, so that nothing runs; --name with another name makes a new sweep of it.");
        if ((change.Priority ?? status.Priority, change.Parallel ?? status.Parallel, change.Pool ?? status.Pool) != (status.Priority,
            status.Parallel, status.Pool)) await connection.Sweep(id).SetAsync(change);
    }
}
