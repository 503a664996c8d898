using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Drawing;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>The base and the new half of a data set's classes.</summary>
public sealed class ProtocolHalfDatasetTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("base", 0), InlineData("new", 4)]
    public void A_half_has_its_part_of_the_draw_of_all_classes_under_labels_of_its_own(string half, int first)
    {
        var all = DrawnDatasets.Find("tiny-kinds")!;
        var cut = DatasetFormats.Half(all, new() { Name = "tiny-kinds", Format = "drawn", Classes = half });

        Assert.Equal(all.ClassNames.Skip(first).Take(4), cut.ClassNames);
        Assert.Equal(all.Texts(null).Skip(first).Take(4), cut.Texts(null));
        var (whole, part) = (all.Load(4, 2, null), cut.Load(4, 2, null));
        foreach (var (uncut, halved) in ((IImageSplit, IImageSplit)[])
            [(whole.Train, part.Train), (whole.Validation, part.Validation), (whole.Test, part.Test)])
        {
            int[] kept = [.. Enumerable.Range(0, uncut.Labels.Count).Where(i => uncut.Labels[i] >= first && uncut.Labels[i] < first + 4)];
            Assert.Equal(kept.Select(i => uncut.Labels[i] - first), halved.Labels);
            Assert.Equal(kept.Select(uncut.Identity), Enumerable.Range(0, halved.Labels.Count).Select(halved.Identity));
        }
        Assert.Equal((16, 16, part.Test.Labels.Count), cut.Counts(4));
        // Jobs of all seeds share its images, and no result of the whole is taken for a half's.
        Assert.Same(part.Test, cut.Load(4, 3, null).Test);
        Assert.Same(part.Test, cut.LoadTest(null).Test);
        Assert.NotEqual(all.Fingerprint, cut.Fingerprint);
    }

    [Fact]
    public void A_data_set_in_files_is_cut_and_the_halves_hold_all_its_test_images()
    {
        MiniatureTrees.Make(_folder.Root, "imagenet");
        var source = FileDatasets.Known("imagenet");
        var error = Assert.Throws<InvalidInputException>(() => Open(source with { Classes = "new" }));
        // 3 classes: a half of one would be right whatever it is shown.
        Assert.StartsWith("data set 'imagenet' has 3 classes, and its new half has 1", error.Message, StringComparison.Ordinal);

        var known = Open(source with { Classes = "base" });
        Assert.Equal(2, known.ClassNames.Count);
        Assert.Equal((4, 4, 6), known.Counts(2));
        Assert.Contains(known.Notes(2), note => note.StartsWith("its base half is used, 2 of 3 classes", StringComparison.Ordinal));
        Assert.NotNull(DatasetFormats.Files(known));
        // Without a draw there is nothing to train on, and the test is whole.
        var test = known.LoadTest(null);
        Assert.Equal((0, 0, 6), (test.Train.Labels.Count, test.Validation.Labels.Count, test.Test.Labels.Count));
    }

    private IDataset Open(DatasetSource source) =>
        DatasetFormats.Open(DatasetFormats.Opener(KnownMethods.All.Formats.Of(source)), [_folder.Root], source);
}
