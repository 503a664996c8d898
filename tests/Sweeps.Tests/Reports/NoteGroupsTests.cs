using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Reports;

public sealed class NoteGroupsTests
{
    [Fact]
    public void Anomalies_of_one_kind_are_one_line_by_data_set()
    {
        string[] notes =
        [
            "seed-outlier: adapt snip T=24 · tiny-tinted: seed 2 has test accuracy 50.00; the median is 63.00",
            "seed-outlier: adapt snip T=12 · tiny-tinted: seed 2 has test accuracy 51.00; the median is 62.00",
            "below-zero-shot: coop · tiny-turned: test accuracy 10.00 is below the zero-shot accuracy of 12.00",
            "seed-outlier: adapt snip T=6 · tiny-tinted: seed 1 has test accuracy 50.00; the median is 62.00",
            "seed-outlier: coop · tiny-turned: seed 1 has test accuracy 50.00; the median is 62.00",
        ];

        Assert.Equal(
        [
            "seed-outlier (4): tiny-tinted (adapt snip T=24, 12, 6), tiny-turned (coop)",
            "below-zero-shot: coop · tiny-turned: test accuracy 10.00 is below the zero-shot accuracy of 12.00",
        ], NoteGroups.Of(notes));
    }

    [Fact]
    public void Failures_are_grouped_by_their_cause()
    {
        string[] notes =
        [
            "failed: adapt snip T=12 · mine · seed 1: images/a.jpg has changed since the plan; submit the sweep again",
            "failed: adapt snip T=12 · mine · seed 2: images/a.jpg has changed since the plan; submit the sweep again",
            "failed: adapt snip T=12 · mine · seed 3: the loss is not finite",
        ];

        Assert.Equal(
        [
            "failed (2): mine (adapt snip T=12 seed 1, 12 seed 2): images/a.jpg has changed since the plan; submit the sweep again",
            "failed: adapt snip T=12 · mine · seed 3: the loss is not finite",
        ], NoteGroups.Of(notes));
    }

    [Fact]
    public void Notes_that_differ_in_names_and_numbers_alone_are_counted() => Assert.Equal(
        ["data set 'a': the project split 40 images (and 2 more like it)", "running: 3 of 9 jobs completed"],
        NoteGroups.Of(["data set 'a': the project split 40 images", "running: 3 of 9 jobs completed",
            "data set 'b': the project split 1,500 images", "data set 'c': the project split 7 images"]));

    [Fact]
    public void Many_data_sets_are_counted_beyond_six() => Assert.Equal(
        "seed-outlier (8): d1 (coop), d2 (coop), d3 (coop), d4 (coop), d5 (coop), d6 (coop) and 2 more", Assert.Single(NoteGroups.Of(
            Enumerable.Range(1, 8).Select(i => $"seed-outlier: coop · d{i}: seed 1 has test accuracy 50.00; the median is {60 + i}.00"))));

    [Fact]
    public void Nothing_gives_nothing() => Assert.Empty(NoteGroups.Of([]));
}
