using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>Several data roots, and links between them, as people have whose images lie on more than one disk.</summary>
public sealed class DataRootsTests : IDisposable
{
    private readonly ScratchFolder _first = new(), _second = new(), _outside = new();
    private int _written;

    public void Dispose()
    {
        foreach (var folder in (ScratchFolder[])[_first, _second, _outside]) folder.Dispose();
    }

    [Fact]
    public void A_data_set_is_found_in_the_first_root_that_has_it()
    {
        Fill(_second, "set/a", "set/b");
        Assert.Equal(["a", "b"], Open("set").ClassNames);
        Fill(_first, "set/c", "set/d");
        Assert.Equal(["c", "d"], Open("set").ClassNames);
    }

    [Fact]
    public void A_root_that_is_missing_keeps_no_data_set_of_the_others_from_being_read()
    {
        Fill(_second, "set/a", "set/b");
        string[] roots = [_first.At("unmounted"), _second.Root];
        Assert.Equal(["a", "b"], FolderDataset.Open(roots, "set").ClassNames);
        var message = Refused(() => FolderDataset.Open(roots, "other"));
        Assert.Contains($"the data root {_second.Root} has no such folder, and {_first.At("unmounted")} does not exist; ", message,
            StringComparison.Ordinal);
        Assert.Contains($"The data root {_first.At("unmounted")} does not exist", Refused(() => FolderDataset.Open(roots[..1], "set")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_where_a_folder_is_expected_is_called_a_file()
    {
        Fill(_second, "set/a");
        Assert.StartsWith($"Data set path 'set/a/1.png' is a file, {_second.At("set", "a", "1.png")}; ", Refused(() => Open("set/a/1.png")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_into_another_root_is_followed_for_a_set_a_class_a_file_and_a_list()
    {
        Fill(_second, "set/a", "set/b");
        Directory.CreateSymbolicLink(_first.At("linked"), _second.At("set"));
        Assert.Equal(8, All(Open("linked")));
        Fill(_first, "class/a");
        Directory.CreateSymbolicLink(_first.At("class", "b"), _second.At("set", "b"));
        File.CreateSymbolicLink(_first.At("class", "a", "5.png"), _second.At("set", "a", "1.png"));
        Assert.Equal(9, All(Open("class")));
        _second.Write("list.csv", "path,class\n"
            + string.Join('\n', new[] { "a", "b" }.SelectMany(name => Enumerable.Range(1, 4).Select(i => $"{name}/{i}.png,{name}"))));
        File.CreateSymbolicLink(_first.At("list.csv"), _second.At("list.csv"));
        var source = new DatasetSource { Name = "mine", Format = "csv", Path = "list.csv", Images = "linked" };
        Assert.Equal(8, All(FileDatasets.Open([_first.Root, _second.Root], source)));
    }

    [Fact]
    public void A_broken_link_is_called_broken_wherever_it_is()
    {
        Fill(_first, "set/a", "set/b");
        Directory.CreateSymbolicLink(_first.At("moved"), _outside.At("gone"));
        Directory.CreateSymbolicLink(_first.At("set", "c"), _outside.At("gone"));
        Assert.Contains($"{_first.At("moved")} is a broken link: {_outside.At("gone")} does not exist", Refused("moved"),
            StringComparison.Ordinal);
        Assert.Contains($"{_first.At("moved")} is a broken link", Refused("moved/deeper"), StringComparison.Ordinal);
        Assert.Contains($"{_first.At("set", "c")} is a broken link", Refused("set"), StringComparison.Ordinal);
        Directory.CreateSymbolicLink(_first.At("dtd"), _outside.At("gone"));
        var source = FileDatasets.Known("dtd");
        Assert.Contains($"{_first.At("dtd")} is a broken link", Refused(() => FileDatasets.Open([_first.Root], source)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_that_is_given_twice_is_named_once()
    {
        Fill(_outside, "a");
        Fill(_first, "set/b");
        Directory.CreateSymbolicLink(_first.At("set", "a"), _outside.At("a"));
        var report = FolderCheck.Of(_first.At("set"), [_first.Root + "/", _first.Root], TestContext.Current.CancellationToken);
        Assert.Contains(
            $"is a link to {_outside.At("a")}, outside the data root {_first.Root}; to allow this, add its target as a data root: "
            + $"ADAPTCLUSTER_DATA={_first.Root}:{_outside.At("a")}", Assert.Single(report.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_name_the_roots_and_the_variable()
    {
        var message = Refused("nowhere");
        Assert.Contains($"the data root {_first.Root} or {_second.Root} has no such folder", message, StringComparison.Ordinal);
        Assert.Contains("ADAPTCLUSTER_DATA", message, StringComparison.Ordinal);
        Assert.Contains("ADAPTCLUSTER_DATA", Refused(() => FolderDataset.Open([_first.Root, _second.At("gone")], "set")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ImageNet_is_read_through_the_links_that_CoOp_tells_people_to_make()
    {
        string[] ids = ["n00000001", "n00000002"];
        Fill(_outside, [.. ids.Select(id => $"train/{id}"), .. ids.Select(id => $"validation/{id}")]);
        _first.Write("imagenet/classnames.txt", "n00000001 tench\nn00000002 goldfish\n");
        Directory.CreateDirectory(_first.At("imagenet", "images"));
        Directory.CreateSymbolicLink(_first.At("imagenet", "images", "train"), _outside.At("train"));
        Directory.CreateSymbolicLink(_first.At("imagenet", "images", "val"), _outside.At("validation"));

        var dataset = FileDatasets.Open([_first.Root], FileDatasets.Known("imagenet"));
        Assert.Equal(["tench", "goldfish"], dataset.ClassNames);
        Assert.Equal((2, 2, 8), dataset.Counts(1));
        var report = FileDatasets.Check(_first.Root, "imagenet");
        Assert.StartsWith("found 2 classes with 8 training", Assert.Single(report.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain(report.Notes, note => note.Contains("in no list", StringComparison.Ordinal));

        // What lies deeper is not named by the layout.
        Directory.CreateSymbolicLink(_outside.At("train", "n00000003"), _second.Root);
        Directory.CreateSymbolicLink(_outside.At("validation", "n00000003"), _second.Root);
        _first.Write("imagenet/classnames.txt", "n00000001 tench\nn00000002 goldfish\nn00000003 shark\n");
        Fill(_second, "");
        Assert.Contains("outside the data root",
            Assert.Single(FileDatasets.Check(_first.Root, "imagenet").Problems),
            StringComparison.Ordinal);
    }

    private FileDataset Open(string path) => FolderDataset.Open([_first.Root, _second.Root], path);

    private string Refused(string path) => Refused(() => Open(path));

    private static string Refused(Action open) => Assert.Throws<InvalidInputException>(open).Message;

    private static int All(FileDataset dataset) => dataset.Lists.Entries().Count();

    private void Fill(ScratchFolder root, params string[] folders)
    {
        foreach (var folder in folders)
        {
            // Another width each, so that no two contents are equal.
            for (var i = 1; i <= 4; i++)
                root.Write($"{folder}/{i}.png".TrimStart('/'),
                    TestImages.Encode(TestImages.Pattern(2 + _written++, 3), SKEncodedImageFormat.Png));
        }
    }
}
