using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Retention;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;

namespace AdaptCluster.Silo.Tests.Configuration;

public sealed class SiloSettingsTests : IDisposable
{
    private const string Store = "\"Store\": {\"ConnectionString\": \"Host=db;Database=d;Username=u;Password=hunter2\"}";
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_store_a_silo_is_by_itself_and_everything_has_a_default()
    {
        var settings = Read("{}");

        Assert.Null(settings.Cluster);
        Assert.Equal(("all", "cpu", 1), (settings.Role, settings.Pool, settings.Threads));
        Assert.Equal((60, 2), (settings.LeaseDuration.TotalSeconds, settings.RenewEvery.TotalSeconds));
    }

    [Fact]
    public void The_queue_of_a_silo_by_itself_has_the_pools_of_both_devices_unless_one_is_named()
    {
        Assert.Equal(["gpu"], Read("{}").OtherPoolNames);
        Assert.Empty(Read("""{"AdaptCluster": {"Pool": "cpu"}}""").OtherPoolNames);
        Assert.Empty(Read($$"""{"AdaptCluster": { {{Store}} } }""").OtherPoolNames);
    }

    [Fact]
    public void With_a_store_it_belongs_to_a_cluster_and_a_control_silo_trains_nothing()
    {
        var settings =
            Read($$"""{"AdaptCluster": { {{Store}}, "Role": "control", "Workers": 4, "Cluster": {"Id": "blue", "SiloPort": 0, "Address": "10.0.0.7"} } }""");

        Assert.Equal((0, "control"), (settings.Workers, settings.Role));
        Assert.Equal(("blue", "blue", 0, 30000, "10.0.0.7"), (settings.Cluster!.Id, settings.Cluster.ServiceId, settings.Cluster.SiloPort,
            settings.Cluster.GatewayPort, $"{settings.Cluster.Address}"));
        Assert.Equal("PostgreSQL db:5432/d", settings.Cluster.Store.ToString());
    }

    [Fact]
    public void A_GPU_has_one_worker_unless_settings_say_more()
    {
        Assert.Equal(1, Read("""{"AdaptCluster": {"Device": "cuda"}}""").Workers);
        Assert.Equal(3, Read("""{"AdaptCluster": {"Device": "cuda", "Workers": 3}}""").Workers);
        Assert.Equal(Environment.ProcessorCount, Read("""{"AdaptCluster": {"Device": "cpu"}}""").Workers);
    }

    [Theory]
    [InlineData(null, 16)]
    [InlineData(8L, 16)]
    [InlineData(40L, 40)]
    [InlineData(80L, 64)]
    public void A_worker_has_as_many_lanes_as_its_GPU_has_gibibytes_within_bounds(long? gpu, int expected) =>
        Assert.Equal(expected, SiloSettings.DefaultLanes(gpu << 30));

    [Fact]
    public void Lanes_that_are_set_are_taken() =>
        Assert.Equal((16, 5), (Read("""{"AdaptCluster": {"Device": "cpu"}}""").Lanes, Read("""{"AdaptCluster": {"Lanes": 5}}""").Lanes));

    [Theory]
    [InlineData(1, null, 32)]
    [InlineData(4, null, 8)]
    [InlineData(1, 80L, 60)]
    [InlineData(4, 80L, 15)]
    [InlineData(0, 80L, 60)]
    public void A_step_may_take_half_of_the_memory_or_three_quarters_of_the_GPU_s_divided_by_the_workers(
        int workers, long? gpu, long expected) =>
        Assert.Equal(expected << 30, SiloSettings.DefaultStepBytes(workers, memory: 64L << 30, gpu << 30));

    [Fact]
    public void Predictions_stay_within_four_gibibytes_for_ever_unless_settings_say_otherwise()
    {
        Assert.Equal(new PruneRequest { PredictionBytes = 4L << 30 }, Read("{}").Retention.Request);

        Assert.Equal(new PruneRequest { PredictionsOlder = TimeSpan.FromDays(30), PredictionBytes = 5L << 20 },
            Read("""{"AdaptCluster": {"Retention": {"Predictions": "30d", "PredictionsMiB": 5}}}""").Retention.Request);
        Assert.Equal(new PruneRequest(), Read("""{"AdaptCluster": {"Retention": {"PredictionsMiB": 0}}}""").Retention.Request);
    }

    [Fact]
    public void Images_are_kept_in_a_share_of_memory_and_disk_unless_settings_say_how_many()
    {
        var shares = Read("{}").Images.For(_folder);
        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, shares.MemoryBytes);
        Assert.InRange(shares.FileBytes, 0, 32L << 30);
        // A home that nobody has made yet is on the disk of the folder above it.
        Assert.Equal(shares.FileBytes > 0, Read("{}").Images.For(Path.Combine(_folder, "no", "home")).FileBytes > 0);

        var set = Read("""{"AdaptCluster": {"Images": {"MemoryMiB": 3, "FileMiB": 5}}}""").Images.For(_folder);
        Assert.Equal((3L << 20, 5L << 20, Path.Combine(_folder, "cache")), (set.MemoryBytes, set.FileBytes, set.Folder));

        var none = Read("""{"AdaptCluster": {"Images": {"MemoryMiB": 0, "FileMiB": 0}}}""").Images.For(_folder);
        Assert.Equal((0, 0, null), (none.MemoryBytes, none.FileBytes, none.Folder));
    }

    [Theory]
    [InlineData("""{"AdaptCluster": {"Retention": {"PredictionsMiB": -1}}}""",
        "Retention:PredictionsMiB (ADAPTCLUSTER_RETENTION__PREDICTIONSMIB): found '-1'; write a whole number from 0 to 2147483647.")]
    [InlineData("""{"AdaptCluster": {"Images": {"FileMiB": -1}}}""",
        "Images:FileMiB (ADAPTCLUSTER_IMAGES__FILEMIB): found '-1'; write a whole number from 0 to 2147483647.")]
    [InlineData("""{"AdaptCluster": {"Workers": "many"}}""",
        "Workers (ADAPTCLUSTER_WORKERS): found 'many'; write a whole number from 1 to 1024.")]
    [InlineData("""{"AdaptCluster": {"Methods": "/tmp/theirs.dll"}}""",
        "appsettings.json: AdaptCluster:Methods loads code, so a file in the current folder must not set it; use the "
        + "environment variable ADAPTCLUSTER_METHODS.")]
    [InlineData("""{"AdaptCluster": {"Role": "boss"}}""", "Role (ADAPTCLUSTER_ROLE): found 'boss'; write all, control or gpu.")]
    [InlineData("""{"AdaptCluster": {"Role": "gpu"}}""",
        "Role (ADAPTCLUSTER_ROLE): 'gpu' needs a cluster; set Store:ConnectionString (ADAPTCLUSTER_STORE__CONNECTIONSTRING).")]
    [InlineData("""{"AdaptCluster": {"Pool": "My Pool"}}""",
        "Pool (ADAPTCLUSTER_POOL): found 'My Pool'; write 1 to 64 lower-case letters, digits and hyphens.")]
    [InlineData("""{"AdaptCluster": {"Lease": {"DurationSeconds": 3}}}""",
        "Lease:DurationSeconds (ADAPTCLUSTER_LEASE__DURATIONSECONDS): 3 s is less than three times the renewal interval of 2 s; "
        + "write at least 6")]
    [InlineData("""{"AdaptCluster": {"Cluster": {"Address": "0.0.0.0"}}}""",
        "Cluster:Address (ADAPTCLUSTER_CLUSTER__ADDRESS): found '0.0.0.0'; write the IP address")]
    [InlineData("""{"AdaptCluster": {"Cluster": {"ListenOnAnyAddress": "yes"}}}""",
        "Cluster:ListenOnAnyAddress (ADAPTCLUSTER_CLUSTER__LISTENONANYADDRESS): found 'yes'; write true or false.")]
    [InlineData("""{"AdaptCluster": {"Store": {"ConnectionString": "Hots=db;Password=hunter2"}}}""",
        "Store:ConnectionString (ADAPTCLUSTER_STORE__CONNECTIONSTRING): not a valid PostgreSQL connection string")]
    [InlineData("""{"AdaptCluster": {"Otlp": {"Endpoint": "http://me:hunter2@collector:4317"}}}""",
        "Otlp:Endpoint (ADAPTCLUSTER_OTLP__ENDPOINT): not a collector address; write http://host:4317")]
    [InlineData("""{"AdaptCluster": {"Otlp": {"Endpoint": "collector:4317"}}}""",
        "Otlp:Endpoint (ADAPTCLUSTER_OTLP__ENDPOINT): not a collector address; write http://host:4317")]
    [InlineData("""{"AdaptCluster": {"Otlp": {"Endpoint": "http://collector", "Protocol": "http"}}}""",
        "Otlp:Protocol (ADAPTCLUSTER_OTLP__PROTOCOL): found 'http'; write grpc or http/protobuf.")]
    [InlineData("""{"AdaptCluster": {"Store": {"ConectionString": "Host=db"}}}""",
        "appsettings.json: AdaptCluster:Store:ConectionString is unknown; did you mean AdaptCluster:Store:ConnectionString?")]
    public void A_setting_that_cannot_be_used_is_named_by_key_and_variable_and_no_secret_is_shown(string json, string expected)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Read(json));

        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_JSON_is_named()
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Read("{"));

        Assert.StartsWith(Path.Combine(_folder, "appsettings.json"), refusal.Message, StringComparison.Ordinal);
    }

    private SiloSettings Read(string json)
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), json);
        return HostSettings.From(new SettingsReader(_folder)).Silo;
    }
}
