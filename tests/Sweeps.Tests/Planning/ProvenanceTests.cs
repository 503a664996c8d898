using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Planning;

/// <summary>What people are shown of a job's key.</summary>
public sealed class ProvenanceTests
{
    private const string Train = """{"warmupLearningRate": 0.00001, "adapt": {"maxContextLength": 8, "promptDepth": 3}}""";

    [Fact]
    public void Of_another_method_than_Adapt_nothing_of_Adapt_is_shown()
    {
        var shown = Provenance("""{"method": "coop"}""");

        Assert.DoesNotContain(shown.Keys, name => name.StartsWith("train.adapt.", StringComparison.Ordinal));
        Assert.Contains(shown.Keys, name => name.StartsWith("train.coop.", StringComparison.Ordinal));
        Assert.DoesNotContain("tTarget", shown.Keys);
        Assert.DoesNotContain("-", shown.Values);
        Assert.Contains("backbone sha-256", shown.Keys);
    }

    [Fact]
    public void Of_Adapt_its_settings_are_shown_as_the_spec_spells_them()
    {
        var shown = Provenance("""{"method": "adapt", "tTarget": 12}""");

        Assert.Equal(("8", "3", "12", "snip"), (shown["train.adapt.maxContextLength"], shown["train.adapt.promptDepth"], shown["tTarget"],
            shown["scorer"]));
        Assert.Equal(("true", "0.00001"), (shown["train.adapt.fitSchedule"], shown["train.warmupLearningRate"]));
    }

    [Fact]
    public void A_job_without_training_has_no_settings() =>
        Assert.DoesNotContain(Provenance("""{"method": "zero-shot"}""").Keys, name => name.StartsWith("train.", StringComparison.Ordinal));

    [Theory]
    [InlineData(940, "940")]
    [InlineData(82_227, "82.23 k")]
    [InlineData(13_760_000, "13.76 M")]
    [InlineData(20_540_000_000, "20.54 G")]
    [InlineData(4_600_000_000_000, "4.60 T")]
    public void A_large_number_is_shown_in_the_unit_that_suits_it(double number, string text) =>
        Assert.Equal(text, CellText.Amount(number));

    private static SortedDictionary<string, string> Provenance(string arm)
    {
        var plan = KnownMethods.Plan(new FixedCatalog(("dtd", 47)), $$"""{"datasets": ["dtd"], "train": {{Train}}, "arms": [{{arm}}]}""");
        return JobIdentity.Provenance(plan, new JobPosition(0));
    }
}
