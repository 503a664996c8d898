using System.CommandLine;
using System.Text.Json.Nodes;
using AdaptCluster.Client.Commands;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Storage;

namespace AdaptCluster.Local.Commands;

/// <summary><c>sweep db migrate</c>.</summary>
internal static class DbCommand
{
    public static Command Create()
    {
        var (cluster, json) = (CommonOptions.Store(), CommonOptions.Json());
        var migrate = new Command("migrate",
            "Creates or upgrades the tables of a cluster's store; safe to run repeatedly and concurrently.") { cluster, json };
        migrate.SetAction(async (parsed, _) =>
        {
            var database = ClusterSettings.Database(parsed.GetValue(cluster));
            await using var services = new ServiceCollection().AddStore(database, watches: false).BuildServiceProvider();
            await StoreServices.MigrateStoreAsync(services);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json)
                ? new JsonObject { ["database"] = $"{database}", ["state"] = "up to date" }.ToJsonString(AdaptClusterJson.Indented)
                : $"{database}: up to date");
            return SweepCommand.Success;
        });
        return new Command("db", "Manages the database of a cluster.") { migrate };
    }
}
