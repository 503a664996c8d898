using Npgsql;

namespace AdaptCluster.Storage.Tests;

/// <summary>How many connections a process opens to PostgreSQL, and by what name.</summary>
public sealed class ConnectionTests
{
    private const string Plain = "Host=h;Database=d;Username=u;Password=p";

    [Theory]
    [InlineData(Plain, true, 20, 4)]
    [InlineData(Plain, false, 1, 2)]
    [InlineData(Plain + ";Maximum Pool Size=50", true, 50, 4)]
    [InlineData(Plain + ";Maximum Pool Size=3", true, 3, 3)]
    [InlineData(Plain + ";Maximum Pool Size=50", false, 1, 2)]
    public void A_silo_that_only_trains_opens_three_at_most_and_one_that_hosts_grains_as_many_as_it_is_told(
        string given, bool hostsGrains, int store, int orleans)
    {
        var database = StoreDatabase.Postgres(given, "test").For("silo-1", hostsGrains);

        Assert.Equal((store, orleans), (Of(database.ConnectionString).MaxPoolSize, Of(database.OrleansConnectionString).MaxPoolSize));
    }

    [Fact]
    public void Connections_are_named_after_the_silo_and_closed_after_a_minute_unless_the_connection_string_says_otherwise()
    {
        var usual = StoreDatabase.Postgres(Plain, "test", "mine").For("silo-1", hostsGrains: true);
        var given = StoreDatabase.Postgres(Plain + ";Application Name=theirs;Connection Idle Lifetime=10", "test")
            .For("silo-1", hostsGrains: false);

        Assert.All([usual.ConnectionString, usual.OrleansConnectionString], text =>
            Assert.Equal(("silo-1", 60, "p"), (Of(text).ApplicationName, Of(text).ConnectionIdleLifetime, Of(text).Password)));
        Assert.All([given.ConnectionString, given.OrleansConnectionString], text =>
            Assert.Equal(("theirs", 10), (Of(text).ApplicationName, Of(text).ConnectionIdleLifetime)));
        Assert.Equal("mine", usual.Cluster);
    }

    [Fact]
    public void A_file_has_neither()
    {
        var file = StoreDatabase.Sqlite("/tmp/store.db");

        Assert.Same(file, file.For("silo-1", hostsGrains: true));
    }

    private static NpgsqlConnectionStringBuilder Of(string text) => new(text);
}
