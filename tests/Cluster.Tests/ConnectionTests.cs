using Npgsql;

namespace AdaptCluster.Cluster.Tests;

/// <summary>What a cluster costs PostgreSQL in connections.</summary>
public sealed class ConnectionTests(PostgresServer server)
{
    [Fact]
    public async Task A_silo_that_only_trains_holds_three_connections_at_most_while_a_sweep_runs_and_each_is_named_after_its_silo()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        var plain = new NpgsqlConnectionStringBuilder(cluster.ConnectionString);
        plain.Remove("Maximum Pool Size");
        cluster.Set("ADAPTCLUSTER_STORE__CONNECTIONSTRING", plain.ConnectionString);
        await cluster.StartAsync("control", "control");
        await Task.WhenAll(cluster.StartAsync("gpu-1", "gpu", ("ADAPTCLUSTER_POOL", "cpu")),
            cluster.StartAsync("gpu-2", "gpu", ("ADAPTCLUSTER_POOL", "cpu")));

        var sweep = await cluster.SubmitAsync(TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 60", StringComparison.Ordinal));
        var most = new Dictionary<string, long>();
        while (await cluster.CountAsync($"SELECT count(*) FROM sweeps WHERE id = '{sweep}' AND state = 0") > 0)
        {
            foreach (var silo in (string[])["control", "gpu-1", "gpu-2"])
                most[silo] = Math.Max(most.GetValueOrDefault(silo),
                    await cluster.CountAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{silo}'"));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", most));
        Assert.Equal(1, await cluster.CountAsync($"SELECT count(*) FROM sweeps WHERE id = '{sweep}' AND state = 1"));
        Assert.All([most["gpu-1"], most["gpu-2"]], connections => Assert.InRange(connections, 1, 3));
        Assert.InRange(most["control"], 1, 24);
        Assert.Equal(
            0, await cluster.CountAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND "
            + "application_name = '' AND pid <> pg_backend_pid()"));
    }
}
