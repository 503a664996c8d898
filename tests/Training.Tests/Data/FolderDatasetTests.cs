using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;
using AdaptCluster.Training.Images;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

public sealed class FolderDatasetTests : IDisposable
{
    private static readonly byte[] Png = TestImages.Encode(TestImages.Pattern(4, 3), SKEncodedImageFormat.Png);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("validation")]
    [InlineData("val")]
    public void Split_folders_are_read_as_they_are(string validation)
    {
        Fill("set/train", 6, "b_class", "A", "a");
        Fill($"set/{validation}", 5, "b_class", "A", "a");
        Fill("set/test", 2, "b_class", "A", "a");

        var dataset = FolderDataset.Open([_folder.Root], "set");
        var data = dataset.Load(shots: 2, seed: 1, template: null);

        Assert.Equal(SplitOrigin.Given, dataset.Origin);
        Assert.Equal(["A", "a", "b_class"], dataset.ClassNames);
        Assert.Equal((6, 6, 6), dataset.Counts(2));
        Assert.Equal([0, 0, 1, 1, 2, 2], data.Train.Labels);
        Assert.Equal([0, 0, 1, 1, 2, 2], data.Validation.Labels);
        Assert.Equal([0, 0, 1, 1, 2, 2], data.Test.Labels);
        Assert.Equal("a photo of a b class.", data.Prompt(2));
        Assert.Equal((4, 3), (data.Test.Load(5).Width, data.Test.Load(5).Height));
    }

    [Fact]
    public void The_draw_takes_the_images_that_CoOps_sampler_takes_from_sorted_lists()
    {
        // One colour per file tells which file was drawn.
        for (var i = 0; i < 30; i++)
        {
            var file = TestImages.Encode(new RgbImage(1, 1, [(byte)i, 0, 0]), SKEncodedImageFormat.Png);
            foreach (var split in (string[])["train/a", "train/b", "test/a", "test/b", "val/a", "val/b"])
                _folder.Write($"set/{split}/{i:00}.png", file);
        }
        var labels = Enumerable.Range(0, 60).Select(i => i / 30).ToArray();
        var expected = FewShotSampler.Draw(labels, labels, 8, new Training.Numerics.PythonRandom(3));

        var data = FolderDataset.Open([_folder.Root], "set").Load(shots: 8, seed: 3, template: null);

        Assert.Equal(expected.Train.Select(position => position % 30), Numbers(data.Train));
        Assert.Equal(expected.Validation.Select(position => position % 30), Numbers(data.Validation));
    }

    [Fact]
    public void Without_validation_folder_the_shots_come_from_training_images_that_were_not_chosen()
    {
        Fill("set/train", 6, "a", "b");
        Fill("set/test", 1, "a", "b");
        var dataset = FolderDataset.Open([_folder.Root], "set");
        Assert.Equal(SplitOrigin.ValidationFromTrain, dataset.Origin);
        Assert.Equal((8, 4, 2), dataset.Counts(4));
        Assert.Equal((10, 2, 2), dataset.Counts(5));
        var message = Refused(() => dataset.Counts(6));
        Assert.Contains("Class 'a' has 6 training images: with 6 shots, none is left for validation", message, StringComparison.Ordinal);
        Assert.Equal(message, Refused(() => dataset.Load(6, 1, null)));
    }

    [Theory]
    [InlineData(3, 1, 1, 1)]
    [InlineData(4, 2, 1, 1)]
    [InlineData(10, 5, 2, 3)]
    [InlineData(20, 10, 4, 6)]
    public void Bare_class_folders_are_split_in_a_fixed_way(int images, int train, int validation, int test)
    {
        Fill("set", images, "a", "b");
        var dataset = FolderDataset.Open([_folder.Root], "set");
        Assert.Equal(SplitOrigin.SelfMade, dataset.Origin);
        Assert.Equal((2 * train, 2 * Math.Min(validation, 4), 2 * test), dataset.Counts(100));
        Assert.Equal(dataset.Fingerprint, FolderDataset.Open([_folder.Root], "set").Fingerprint);
    }

    [Fact]
    public void A_class_too_small_to_split_is_named()
    {
        Fill("set", 5, "a");
        Fill("set", 2, "tiny");
        Assert.Contains(Path.Combine("set", "tiny") + " has 2 images", Refused("set"), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_images_count_and_hidden_files_do_not()
    {
        Fill("set", 3, "a", "b");
        var before = FolderDataset.Open([_folder.Root], "set").Fingerprint;
        _folder.Write("set/readme.txt", "text");
        _folder.Write("set/a/list.csv", "text");
        _folder.Write("set/a/._0.png", "resource fork");
        _folder.Write("set/.git/x.png", Png);
        _folder.Write("set/__MACOSX/x.png", Png);
        Assert.Equal(before, FolderDataset.Open([_folder.Root], "set").Fingerprint);
        _folder.Write("set/a/MORE.JPG", Png);
        Assert.NotEqual(before, FolderDataset.Open([_folder.Root], "set").Fingerprint);
    }

    [Fact]
    public void The_fingerprint_tells_a_changed_length_but_not_where_the_set_lies()
    {
        Fill("one", 3, "a", "b");
        Fill("two/deeper", 3, "a", "b");
        var before = FolderDataset.Open([_folder.Root], "one").Fingerprint;
        Assert.Matches("^[0-9a-f]{64}$", before);
        Assert.Equal(before, FolderDataset.Open([_folder.Root], "two/deeper").Fingerprint);
        _folder.Write("one/a/0.png", (byte[])[.. Png, 0]);
        Assert.NotEqual(before, FolderDataset.Open([_folder.Root], "one").Fingerprint);
    }

    [Fact]
    public void A_picture_replaced_by_another_of_the_same_length_changes_the_fingerprint()
    {
        Fill("set", 3, "a", "b");
        var before = FolderDataset.Open([_folder.Root], "set").Fingerprint;
        var other = (byte[])Png.Clone();
        other[^1] ^= 1;
        _folder.Write("set/b/1.png", other);
        Assert.NotEqual(before, FolderDataset.Open([_folder.Root], "set").Fingerprint);
        _folder.Write("set/b/1.png", Png);
        Assert.Equal(before, FolderDataset.Open([_folder.Root], "set").Fingerprint);
    }

    [Fact]
    public void Two_pictures_that_change_places_change_the_fingerprint()
    {
        Fill("set", 3, "a", "b");
        var other = TestImages.Encode(TestImages.Pattern(3, 4), SKEncodedImageFormat.Png);
        _folder.Write("set/a/0.png", other);
        var before = FolderDataset.Open([_folder.Root], "set").Fingerprint;
        _folder.Write("set/a/0.png", Png);
        _folder.Write("set/a/1.png", other);
        Assert.NotEqual(before, FolderDataset.Open([_folder.Root], "set").Fingerprint);
    }

    [Fact]
    public void The_stamp_tells_a_file_written_again_and_nothing_else()
    {
        Fill("set", 3, "a", "b");
        var before = FolderDataset.Stamp([_folder.Root], "set");
        Assert.Equal(before, FolderDataset.Stamp([_folder.Root], "set"));
        File.SetLastWriteTimeUtc(_folder.At("set", "b", "1.png"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.NotEqual(before, FolderDataset.Stamp([_folder.Root], "set"));
    }

    [Fact]
    public void A_picture_that_changed_after_the_set_was_opened_is_refused_when_it_is_loaded()
    {
        Fill("set", 3, "a", "b");
        var data = FolderDataset.Open([_folder.Root], "set").Load(1, 1, null);
        for (var i = 0; i < 3; i++) _folder.Write($"set/a/{i}.png", (byte[])[.. Png, 0]);
        Assert.Contains("has changed since the data set was opened", Refused(() => data.Train.Load(0)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_with_the_name_of_a_picture_is_refused_as_a_pipe_when_the_set_is_opened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes.");
        Fill("set", 3, "a", "b");
        _folder.Pipe("set/a/x.jpg");
        Assert.Contains(Path.Combine("set", "a", "x.jpg") + " is a pipe, not a file; remove it.", Refused("set"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("a\nb")]
    [InlineData("a\u0085")]
    public void Class_folders_that_are_white_space_or_hold_control_characters_are_refused(string bad)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        Fill("bare", 3, "a", bad);
        Fill("split/train", 3, "a", "b");
        Fill("split/test", 3, "a", "b", bad);
        foreach (var path in (string[])["bare", "split"])
            Assert.Contains("is only white space or contains control characters; rename it.", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_with_a_control_character_is_not_called_empty() =>
        Assert.Equal(
            "Data set path 'se t' contains a control character; use the folder's path relative to a data root (ADAPTCLUSTER_DATA).",
                Refused("se\0t"));

    [Fact]
    public void A_damaged_image_is_named_when_it_is_loaded()
    {
        Fill("set", 3, "a", "b");
        for (var i = 0; i < 3; i++) _folder.Write($"set/a/{i}.png", Png.AsSpan(0, Png.Length / 2));
        var data = FolderDataset.Open([_folder.Root], "set").Load(1, 1, null);
        Assert.Contains(Path.Combine("set", "a"), Refused(() => data.Train.Load(0)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../set")]
    [InlineData("set/../../etc")]
    [InlineData("set\\..\\..\\etc")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("set\0")]
    public void Paths_that_could_leave_the_root_are_refused(string path)
    {
        Fill("set", 3, "a", "b");
        Assert.Contains("relative to a data root (ADAPTCLUSTER_DATA)", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_and_a_missing_root_are_named()
    {
        Assert.Contains("'nowhere'", Refused("nowhere"), StringComparison.Ordinal);
        Assert.Contains(_folder.At("gone"), Refused(() => FolderDataset.Open([_folder.At("gone")], "set")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("link/set")]
    [InlineData("linkedclass")]
    [InlineData("linkedfile")]
    public void Links_out_of_the_root_are_refused(string path)
    {
        using var outside = new ScratchFolder();
        foreach (var name in (string[])["a/0.png", "a/1.png", "a/2.png", "b/0.png", "b/1.png", "b/2.png"])
        {
            outside.Write(name, Png);
            outside.Write("set/" + name, Png);
        }
        Directory.CreateSymbolicLink(_folder.At("link"), outside.Root);
        Fill("linkedclass", 3, "a");
        Directory.CreateSymbolicLink(_folder.At("linkedclass", "b"), outside.At("b"));
        Fill("linkedfile", 3, "a", "b");
        File.CreateSymbolicLink(_folder.At("linkedfile", "a", "3.png"), Path.Combine("..", "..", "link", "a", "0.png"));
        var message = Refused(path);
        Assert.Contains(", outside the data root", message, StringComparison.Ordinal);
        Assert.Contains($"add its target as a data root: ADAPTCLUSTER_DATA={_folder.Root}:{outside.Root}", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Links_inside_the_root_are_followed_even_if_the_root_is_a_link()
    {
        Fill("real", 3, "a", "b");
        Fill("set", 3, "a");
        Directory.CreateSymbolicLink(_folder.At("set", "b"), Path.Combine("..", "real", "b"));
        File.CreateSymbolicLink(_folder.At("set", "a", "3.png"), _folder.At("real", "a", "0.png"));
        using var other = new ScratchFolder();
        Directory.CreateSymbolicLink(other.At("root"), _folder.Root);
        Assert.Equal((3, 2, 2), FolderDataset.Open([other.At("root")], "set").Counts(100));
    }

    [Fact]
    public void Cycles_of_links_and_links_to_nothing_are_refused()
    {
        Fill("cycle", 3, "a", "b");
        File.CreateSymbolicLink(_folder.At("cycle", "a", "x.png"), "y.png");
        File.CreateSymbolicLink(_folder.At("cycle", "a", "y.png"), "x.png");
        Assert.Contains("cycle of links", Refused("cycle"), StringComparison.Ordinal);
        Fill("dangling", 3, "a", "b");
        File.CreateSymbolicLink(_folder.At("dangling", "a", "x.png"), "gone.png");
        Assert.Contains($"x.png is a broken link: {_folder.At("dangling", "a", "gone.png")} does not exist; correct or remove the link",
            Refused("dangling"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Layouts_that_cannot_be_used_are_refused_by_the_name_of_the_folder()
    {
        Fill("one", 3, "a");
        Assert.Contains("one has 1 class folder;", Refused("one"), StringComparison.Ordinal);
        Fill("notest/train", 3, "a", "b");
        Assert.Contains("notest has no folder 'test'", Refused("notest"), StringComparison.Ordinal);
        Fill("notrain/test", 3, "a", "b");
        Assert.Contains("notrain has no folder 'train'", Refused("notrain"), StringComparison.Ordinal);
        Fill("both/train", 3, "a", "b");
        Fill("both/test", 3, "a", "b");
        Fill("both/val", 3, "a", "b");
        Fill("both/validation", 3, "a", "b");
        Assert.Contains("both has the folders 'val' and 'validation', which both mean val", Refused("both"), StringComparison.Ordinal);
        Fill("extra/train", 3, "a", "b");
        Fill("extra/test", 3, "a", "b", "c");
        Assert.Contains(
            Path.Combine("extra", "test", "c") + " is a class without training images", Refused("extra"), StringComparison.Ordinal);
        Fill("less/train", 3, "a", "b", "c");
        Fill("less/test", 3, "a", "b");
        Assert.Contains(Path.Combine("less", "test") + " has no folder 'c'", Refused("less"), StringComparison.Ordinal);
        Fill("empty", 3, "a");
        Directory.CreateDirectory(_folder.At("empty", "hollow"));
        Assert.Contains(Path.Combine("empty", "hollow") + " has no images", Refused("empty"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_without_a_place_for_the_name_and_no_shots_are_refused()
    {
        Fill("set", 3, "a", "b");
        var dataset = FolderDataset.Open([_folder.Root], "set");
        Assert.Contains("has no {}", Refused(() => dataset.Load(1, 1, "a photo.")), StringComparison.Ordinal);
        Assert.Contains("0 shots", Refused(() => dataset.Counts(0)), StringComparison.Ordinal);
    }

    [Fact]
    public void Real_photos_load_and_come_out_at_the_size_of_the_tower()
    {
        var root = Environment.GetEnvironmentVariable("ADAPTCLUSTER_DATA");
        Assert.SkipWhen(root is null || !Directory.Exists(Path.Combine(root, "clothing")),
            "Set ADAPTCLUSTER_DATA to a folder that has clothing/train/<class>/*.jpg, clothing/validation and clothing/test.");
        var data = FolderDataset.Open([root!], "clothing").Load(shots: 1, seed: 1, template: "a photo of a {}, a type of clothing.");
        Assert.Equal(Enumerable.Range(0, data.ClassNames.Count), data.Train.Labels);
        var values = new float[3 * 224 * 224];
        for (var i = 0; i < data.Train.Labels.Count; i++)
        {
            new ClipPreprocessor(224).Prepare(data.Train.Load(i), values);
            Assert.All(values, value => Assert.InRange(value, -2f, 2.7f));
        }
    }

    private void Fill(string folder, int images, params string[] classes)
    {
        foreach (var name in classes)
        {
            for (var i = 0; i < images; i++) _folder.Write($"{folder}/{name}/{i}.png", Png);
        }
    }

    private static IEnumerable<int> Numbers(IImageSplit split) =>
        Enumerable.Range(0, split.Labels.Count).Select(i => (int)split.Load(i).Pixels[0]);

    private string Refused(string path) => Refused(() => FolderDataset.Open([_folder.Root], path));

    private static string Refused(Func<object> action)
    {
        var message = Assert.Throws<InvalidInputException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
