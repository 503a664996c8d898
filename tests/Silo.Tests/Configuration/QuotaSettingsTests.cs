using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Hosting;

namespace AdaptCluster.Silo.Tests.Configuration;

/// <summary>What the settings of quotas, of retention and of the gauges mean, and what is wrong with them.</summary>
public sealed class QuotaSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-quota-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nobody_is_limited_unless_it_is_set()
    {
        var settings = Read("{}");

        Assert.Equal((new QuotaLimits(), false), (settings.Quota.Person, settings.Quota.FairByPerson));
        Assert.Empty(settings.Quota.Groups);
        Assert.Equal(20_000, settings.Telemetry.SweepSeries);
    }

    [Fact]
    public void People_and_groups_have_limits_of_their_own()
    {
        var quota = Read("""
            {"AdaptCluster": {"Quota": {"Jobs": 100, "Leases": 2, "Priority": 5,
                "Groups": {"vision": {"Members": "ada@lab, bob", "Jobs": 500}, "leads": {"Members": "eve", "Priority": 9} } },
              "Queue": {"FairShare": "person"} } }
            """).Quota;

        Assert.Equal((new QuotaLimits(100, 2, 5), true), (quota.Person, quota.FairByPerson));
        Assert.Equal([("leads", new QuotaLimits(Priority: 9)), ("vision", new QuotaLimits(Jobs: 500))],
            quota.Groups.OrderBy(group => group.Name, StringComparer.Ordinal).Select(group => (group.Name, group.Limits)));
        Assert.Equal(["ada@lab", "bob"], quota.Groups.Single(group => group.Name == "vision").Members.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Retention_goes_by_ages_and_by_size()
    {
        var request = Read("""{"AdaptCluster": {"Retention": {"Sweeps": "90d", "Checkpoints": "36h", "StoreMiB": 2} } }""").Retention.Request;

        Assert.Equal((TimeSpan.FromDays(90), TimeSpan.FromHours(36), 2L << 20),
            (request.Older!.Value, request.CheckpointsOlder!.Value, request.StoreBytes!.Value));
        Assert.False(request.DryRun || request.KeepResults);
    }

    [Theory]
    [InlineData("""{"Retention": {"Sweeps": "90"} }""",
        "Retention:Sweeps (ADAPTCLUSTER_RETENTION__SWEEPS): found '90'; write a whole number with a unit, such as 30d, 12h or 90m.")]
    [InlineData("""{"Retention": {"StoreMiB": 0} }""",
        "Retention:StoreMiB (ADAPTCLUSTER_RETENTION__STOREMIB): found '0'; write a whole number from 1 to 2147483647.")]
    [InlineData("""{"Quota": {"Leases": "many"} }""",
        "Quota:Leases (ADAPTCLUSTER_QUOTA__LEASES): found 'many'; write a whole number from 1 to 2147483647.")]
    [InlineData("""{"Quota": {"Groups": {"vision": {"Jobs": 5} } } }""",
        "Quota:Groups:vision:Members (ADAPTCLUSTER_QUOTA__GROUPS__VISION__MEMBERS): the group has no members; write their names, "
        + "separated by commas, as 'sweep list' shows submitters.")]
    [InlineData("""{"Queue": {"FairShare": "team"} }""",
        "Queue:FairShare (ADAPTCLUSTER_QUEUE__FAIRSHARE): found 'team'; write sweep or person.")]
    [InlineData("""{"Telemetry": {"SweepSeries": 1} }""",
        "Telemetry:SweepSeries (ADAPTCLUSTER_TELEMETRY__SWEEPSERIES): found '1'; write a whole number from 10 to 10000000.")]
    public void A_value_that_cannot_be_used_is_refused_by_name(string settings, string words) =>
        Assert.Equal(words, Assert.Throws<InvalidInputException>(() => Read($$"""{"AdaptCluster": {{settings}} }""")).Message);

    [Theory]
    [InlineData("90m", 90)]
    [InlineData("12h", 720)]
    [InlineData("30d", 43200)]
    public void An_age_is_a_number_and_its_unit(string text, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), AgeText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("0d")]
    [InlineData("-1d")]
    [InlineData("1.5d")]
    [InlineData("30 d")]
    [InlineData("30D")]
    [InlineData("30")]
    [InlineData("2147483647d")]
    public void Other_texts_are_no_ages(string text) => Assert.Null(AgeText.Parse(text));

    private SiloSettings Read(string json)
    {
        File.WriteAllText(Path.Combine(_folder, SettingsReader.FileName), json);
        return HostSettings.From(new SettingsReader(_folder)).Silo;
    }
}
