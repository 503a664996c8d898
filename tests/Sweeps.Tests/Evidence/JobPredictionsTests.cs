using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Sweeps.Tests.Evidence;

/// <summary>The compressed form of a job's predictions.</summary>
public sealed class JobPredictionsTests
{
    private static readonly JobPredictions Small = new()
    {
        ClassNames = ["cat", "Hund", "猫"],
        Template = "a photo of a {}.",
        Validation = Split([0, 1], [0, 1], [65535, 30000]),
        Test = Split([0, 1, 2, 2], [0, 2, 2, 1], [65535, 40000, 1, 0]),
    };

    [Fact]
    public void What_was_written_is_read_again()
    {
        var read = JobPredictions.Read(Small.ToBytes());

        Assert.Equal(Small.ClassNames, read.ClassNames);
        Assert.Equal(Small.Template, read.Template);
        foreach (var (expected, found) in new[] { (Small.Validation, read.Validation), (Small.Test, read.Test) })
        {
            Assert.Equal(expected.Manifest, found.Manifest);
            Assert.Equal(expected.Labels, found.Labels);
            Assert.Equal(expected.Predicted, found.Predicted);
            Assert.Equal(expected.Confidence, found.Confidence);
        }
        Assert.Equal(2, read.Test.Correct);
    }

    [Fact]
    public void Targets_stand_behind_what_versions_without_them_read_and_leave_other_results_as_they_were()
    {
        var target = new TargetPredictions("new", "a {}.", ["owl", "bat"], Split([1, 0, 1], [1, 1, 1], [9, 8, 7]));
        var with = Small with { Targets = [target, target with { Name = "other" }] };

        var read = JobPredictions.Read(with.ToBytes());

        Assert.Equal(["new", "other"], read.Targets.Select(one => one.Name));
        Assert.Equal(("a {}.", "owl bat"), (read.Targets[0].Template, string.Join(' ', read.Targets[0].ClassNames)));
        Assert.Equal(target.Test.Predicted, read.Targets[1].Test.Predicted);
        Assert.Equal(Small.Test.Labels, read.Test.Labels);
        Assert.Empty(JobPredictions.Read(Small.ToBytes()).Targets);
    }

    [Fact]
    public void Fifty_thousand_images_of_a_thousand_classes_take_less_than_two_hundred_kilobytes()
    {
        var random = new System.Random(1);
        var labels = Enumerable.Range(0, 50_000).Select(i => (ushort)(i / 50)).ToArray();
        var job = Small with
        {
            ClassNames = [.. Enumerable.Range(0, 1000).Select(i => $"class number {i}")],
            // Seven images in ten are right, the others anything.
            Test = Split(labels, Array.ConvertAll(labels, label => random.Next(10) < 7 ? label : (ushort)random.Next(1000)),
                Array.ConvertAll(labels, _ => (ushort)random.Next(65536))),
        };

        Assert.InRange(job.ToBytes().Length, 100_000, 200_000);
    }

    [Fact]
    public void Bytes_that_are_cut_or_changed_are_refused_and_never_end_in_another_error()
    {
        var bytes = Small.ToBytes();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidInputException>(() => JobPredictions.Read(bytes[..length]));
        for (var at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x55;
            if (Record.Exception(() => JobPredictions.Read(changed)) is { } error) Assert.IsType<InvalidInputException>(error);
        }
    }

    [Fact]
    public void A_manifest_depends_on_classes_labels_names_and_order()
    {
        string Of(string[] classes, int[] labels, params string?[] names) =>
            SplitPredictions.ManifestOf(classes, labels, i => names[i]);
        string[] manifests =
        [
            Of(["a", "b"], [0, 1], "x", "y"), Of(["a", "c"], [0, 1], "x", "y"), Of(["a", "b"], [1, 0], "x", "y"),
            Of(["a", "b"], [0, 1], "y", "x"), Of(["a", "b"], [0, 1], null, null),
        ];

        Assert.Equal(manifests.Length, manifests.Distinct().Count());
        Assert.Equal(manifests[0], Of(["a", "b"], [0, 1], "x", "y"));
    }

    private static SplitPredictions Split(ushort[] labels, ushort[] predicted, ushort[] confidence) => new()
    {
        Manifest = TextHash.Of("images"),
        Labels = labels,
        Predicted = predicted,
        Confidence = confidence,
    };
}
