using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

public sealed class FolderDatasetTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("adaptcluster-data-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Train_validation_and_test_folders_are_read_as_they_are()
    {
        foreach (var (split, count) in new[] { ("train", 5), ("validation", 3), ("test", 4) }) Fill($"set/{split}", count, "b_b", "a");

        var dataset = FolderDataset.Open(_root, "set");
        var data = dataset.Load(shots: 2, seed: 1, "a picture of {}.");

        Assert.Equal(["a", "b_b"], dataset.ClassNames);
        Assert.Equal((4, 4, 8), dataset.Counts(2));
        Assert.Equal((4, 4, 8), (data.Train.Labels.Count, data.Validation.Labels.Count, data.Test.Labels.Count));
        Assert.Equal("a picture of b b.", data.Prompt(1));
        Assert.Equal(6, data.Train.Load(0).Width);
    }

    [Fact]
    public void Without_a_validation_folder_validation_shots_are_training_images_that_were_not_chosen()
    {
        Fill("set/train", 6, "a", "b");
        Fill("set/test", 1, "a", "b");

        var data = FolderDataset.Open(_root, "set").Load(shots: 3, seed: 2, null);

        var train = Enumerable.Range(0, data.Train.Labels.Count).Select(i => Key(data.Train, i)).ToHashSet();
        Assert.Equal(6, train.Count);
        Assert.All(Enumerable.Range(0, data.Validation.Labels.Count), i => Assert.DoesNotContain(Key(data.Validation, i), train));
    }

    [Fact]
    public void One_folder_for_each_class_is_split_by_the_project_and_always_alike()
    {
        Fill("set", 10, "a", "b", "c");

        var counts = FolderDataset.Open(_root, "set").Counts(5);

        Assert.Equal((15, 6, 9), counts);
        Assert.Equal(FolderDataset.Open(_root, "set").Fingerprint, FolderDataset.Open(_root, "set").Fingerprint);
    }

    [Theory]
    [InlineData("../set")]
    [InlineData("/etc")]
    [InlineData("nowhere")]
    [InlineData("link")]
    [InlineData("")]
    public void A_path_out_of_the_root_is_refused(string path)
    {
        Fill("set", 3, "a", "b");
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), Path.GetTempPath());

        var refusal = Assert.Throws<InvalidInputException>(() => FolderDataset.Open(_root, path));

        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void One_class_is_too_few()
    {
        Fill("set", 3, "only");

        Assert.Throws<InvalidInputException>(() => FolderDataset.Open(_root, "set"));
    }

    [Fact]
    public void A_corrupt_image_is_named_when_it_is_read()
    {
        Fill("set/train", 3, "a", "b");
        Fill("set/test", 1, "a", "b");
        File.WriteAllBytes(Path.Combine(_root, "set/test/a/0.png"), [1, 2, 3]);
        var data = FolderDataset.Open(_root, "set").Load(1, 1, null);

        var refusal = Assert.Throws<InvalidInputException>(() => data.Test.Load(0));

        Assert.Contains("set/test/a/0.png", refusal.Message, StringComparison.Ordinal);
    }

    private void Fill(string folder, int count, params string[] classes)
    {
        foreach (var (name, label) in classes.Select((name, label) => (name, label)))
        {
            var path = Directory.CreateDirectory(Path.Combine(_root, folder, name)).FullName;
            for (var i = 0; i < count; i++)
            {
                var pixels = new byte[6 * 6 * 3];
                (pixels[0], pixels[1]) = ((byte)(10 * label), (byte)i);
                File.WriteAllBytes(Path.Combine(path, $"{i}.png"), TestImages.Encode(new RgbImage(6, 6, pixels), SKEncodedImageFormat.Png));
            }
        }
    }

    private static (byte, byte) Key(IImageSplit split, int index) => (split.Load(index).Pixels[0], split.Load(index).Pixels[1]);
}
