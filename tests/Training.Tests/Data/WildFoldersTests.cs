using System.Diagnostics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>Photo folders and lists as people have them: each is read, with notes, or refused with words that help.</summary>
public sealed class WildFoldersTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private int _written;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("train/a train/b val/a val/b test/a test/b")]
    [InlineData("train/a train/b valid/a valid/b test/a test/b")]
    [InlineData("train/a train/b validation/a validation/b test/a test/b")]
    [InlineData("Training/a Training/b dev/a dev/b Testing/a Testing/b")]
    [InlineData("TRAIN/a TRAIN/b VAL/a VAL/b TEST/a TEST/b")]
    public void Splits_are_known_by_the_names_that_people_give_them(string folders)
    {
        Fill(folders);
        var dataset = Open();
        Assert.Equal(SplitOrigin.Given, dataset.Origin);
        Assert.Equal(["it has 2 classes with 8 training, 8 validation and 8 test images"], dataset.Notes(2));
    }

    [Theory]
    [InlineData("old/a", "the folder '{0}/set/old' is not read: 4 images, such as '{0}/set/old/a/1.png'")]
    [InlineData("train/a/sub", "4 files are not read: 4 in sub-folders, such as '{0}/set/train/a/sub/1.png'")]
    public void A_folder_that_is_not_read_is_named(string folder, string note)
    {
        Fill("train/a train/b test/a test/b", folder);
        Assert.Contains(note.Replace("{0}", _folder.Root, StringComparison.Ordinal), Open().Notes(2));
    }

    [Theory]
    [InlineData("train/a/x.heic", "1 .heic")]
    [InlineData("train/a/x.avif", "1 .avif")]
    [InlineData("test/b/x", "1 without an extension")]
    [InlineData("test/b/.x.jpg", "1 hidden")]
    [InlineData("train/x.jpg", "1 next to the class folders")]
    [InlineData("x.jpg", "1 next to the split folders")]
    public void A_file_that_is_not_read_is_counted_with_an_example(string file, string kind)
    {
        Fill("train/a train/b test/a test/b");
        _folder.Write($"set/{file}", "text");
        Assert.Contains(Open().Notes(2), note => note.StartsWith($"1 file is not read: {kind}, such as '", StringComparison.Ordinal)
            && note.Contains($"{file}'", StringComparison.Ordinal)
            && note.EndsWith("' in each folder", StringComparison.Ordinal) == (kind is "1 .heic" or "1 .avif"));
    }

    [Theory]
    [InlineData("__pycache__")]
    [InlineData("@eaDir")]
    [InlineData("lost+found")]
    public void Folders_that_systems_make_are_no_classes(string folder)
    {
        Fill($"train/a train/b test/a test/b train/{folder}", folder);
        var dataset = Open();
        Assert.Equal(["a", "b"], dataset.ClassNames);
        Assert.Contains($"2 folders '{folder}' are not read, because systems and tools create such folders: 8 images, such as "
            + $"'{_folder.At("set", folder, "1.png")}'", dataset.Notes(2));
    }

    [Theory]
    [InlineData(".git")]
    [InlineData(".snapshot")]
    [InlineData("#recycle")]
    public void Folders_whose_names_begin_with_a_dot_or_a_hash_are_named_and_not_searched(string folder)
    {
        Fill($"train/a train/b test/a test/b train/{folder}", folder);
        var moves = Moves(() => Open());
        for (var i = 0; i < 50; i++) _folder.Write($"set/{folder}/deep/{i}.jpg", "");
        Assert.Equal(moves, Moves(() => Open()));
        Assert.Contains($"2 folders '{folder}' are skipped (for example '{_folder.At("set", folder)}'), because systems and tools create "
            + "such folders", Open().Notes(2));
    }

    [Theory]
    [InlineData("old")]
    [InlineData("train/a/sub")]
    [InlineData("train/__pycache__")]
    public void Counting_what_is_not_read_reports_progress_and_a_stamp_skips_it(string folder)
    {
        Fill("train/a train/b test/a test/b");
        Directory.CreateDirectory(_folder.At(["set", .. folder.Split('/')]));
        var (opened, stamped) = (Moves(() => Open()), Moves(() => FolderDataset.Stamp([_folder.Root], "set")));
        for (var i = 0; i < 50; i++) _folder.Write($"set/{folder}/deep/{i}.txt", "text");
        Assert.True(Moves(() => Open()) >= opened + 50);
        Assert.Equal(stamped, Moves(() => FolderDataset.Stamp([_folder.Root], "set")));
    }

    [Fact]
    public void Counting_images_in_no_list_reports_progress()
    {
        Fill("a b");
        _folder.Write("set/list", "path,class,split\na/1.png,cat,train\nb/1.png,dog,train\na/2.png,cat,test\nb/2.png,dog,test\n");
        var moves = Moves(() => List("csv", "list"));
        for (var i = 0; i < 50; i++) _folder.Write($"set/more/{i}.txt", "text");
        Assert.True(Moves(() => List("csv", "list")) >= moves + 50);
    }

    [Fact]
    public void Names_that_are_not_UTF_8_are_noted_and_the_set_opens()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no such names.");
        Fill("train/a train/b test/a test/b");
        // .NET can neither make such names nor remove them.
        Shell("cp train/a/1.png train/a/$'\\xe9'.png; mkdir $'\\xe9' train/b/$'\\xe9'; cp train/a/2.png $'\\xe9'");
        try
        {
            var dataset = Open();
            Assert.Equal(["a", "b"], dataset.ClassNames);
            Assert.Equal((4, 4, 8), dataset.Counts(2));
            Assert.Contains("1 file is not read: 1 with names that are not UTF-8, such as "
                + $"'{_folder.At("set", "train", "a", "\ufffd.png")}'", dataset.Notes(2));
            foreach (var folder in (string[])[_folder.At("set", "\ufffd"), _folder.At("set", "train", "b", "\ufffd")])
                Assert.Contains($"the folder '{folder}' is not read: its name is not UTF-8", dataset.Notes(2));
        }
        finally
        {
            Shell("rm -r $'\\xe9' train/b/$'\\xe9' train/a/$'\\xe9'.png");
        }
    }

    [Fact]
    public void Gif_and_tiff_are_read_among_other_images()
    {
        Fill("train/a train/b test/a test/b");
        _folder.Write("set/test/a/x.gif", TestImages.Gif);
        _folder.Write("set/test/a/y.TIFF", TestImages.Tiff(TestImages.Pattern(3, 3)));
        var data = Open().Load(2, 1, null);
        Assert.Equal(10, data.Test.Labels.Count);
        Assert.All(Enumerable.Range(0, 10), i => data.Test.Load(i));
    }

    [Theory]
    [InlineData("filepath;category;split\r\n", ';')]
    [InlineData("Path\tclass_name\tset\n", '\t')]
    [InlineData("\ufeffimage,class,Split\n", ',')]
    [InlineData("file_name,label,subset\n", ',')]
    [InlineData("filepaths,labels,data set\n", ',')]
    [InlineData("image_id,class,set\n", ',')]
    [InlineData("image_name,labels,Subset\n", ',')]
    public void Tables_are_read_as_spreadsheets_and_tools_write_them(string header, char separator)
    {
        Fill("x");
        string[] splits = ["train", "Training", "valid", "dev", "test", "TESTING"];
        Fill("y/0 y/1 y/2");
        string[] files = ["./y/0/1.png", "y/0/2.png", "y/0/3.png", "y/1/1.png", "y/1/2.png", "y/1/3.png"];
        var rows = files.Zip(
            splits, (file, split) => string.Join(separator, file, Array.IndexOf(splits, split) % 2 == 0 ? "cat" : "dog", split));
        _folder.Write("set/list.csv", header + string.Join(header.EndsWith("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n", rows));
        var dataset = List("csv", "list.csv");
        Assert.Equal(["cat", "dog"], dataset.ClassNames);
        Assert.Contains("it has 2 classes with 2 training, 2 validation and 2 test images", dataset.Notes(1));
    }

    [Fact]
    public void A_column_of_the_very_name_goes_before_one_of_a_name_like_it()
    {
        Fill("a b");
        _folder.Write("set/list.csv", """
            Path,class,category,split,image
            a/1.png,cat,pet,train,x
            b/1.png,dog,pet,train,y
            a/2.png,cat,pet,test,z
            b/2.png,dog,pet,test,z

            """);
        Assert.Equal(["cat", "dog"], List("csv", "list.csv").ClassNames);
    }

    [Theory]
    [InlineData("csv", "path,class,split\na/1.png,cat,train\nb/1.png,dog,train\na/2.png,cat,test\nb/2.png,dog,test\n")]
    [InlineData("split", """
        {"train": [["a/1.png", 0, "cat"], ["b/1.png", 1, "dog"]], "val": [], "test": [["a/2.png", 0, "cat"], ["b/2.png", 1, "dog"]]}
        """)]
    public void Images_that_lie_beside_those_of_a_list_are_counted_with_an_example(string format, string list)
    {
        Fill("a b c/d .hidden");
        _folder.Write("set/list", list);
        // Two of each class that the list has, and a class that it lacks.
        Assert.Contains($"8 images are not in any list and not used, such as {_folder.At("set", "a", "3.png")}",
            List(format, "list").Notes(1));
    }

    [Fact]
    public void A_list_in_the_data_root_itself_says_nothing_of_other_data_sets_there()
    {
        Fill("a b c");
        _folder.Write("list.csv",
            "path,class,split\nset/a/1.png,cat,train\nset/b/1.png,dog,train\nset/a/2.png,cat,test\nset/b/2.png,dog,test\n");
        var dataset = FileDatasets.Open([_folder.Root], new DatasetSource { Name = "mine", Format = "csv", Path = "list.csv" });
        Assert.Contains($"4 images are not in any list and not used, such as {_folder.At("set", "a", "3.png")}", dataset.Notes(1));
    }

    [Fact]
    public void Equal_images_of_two_classes_that_share_a_name_are_noted()
    {
        Fill("a b");
        foreach (var place in (string[])["a/1.png", "b/1.png"])
            _folder.Write($"set/{place}", TestImages.Encode(TestImages.Pattern(5, 5), SKEncodedImageFormat.Png));
        _folder.Write("set/list.csv",
            "path,class,label,split\na/1.png,crane,0,train\nb/1.png,crane,1,train\na/2.png,crane,0,test\nb/2.png,crane,1,test\n");
        Assert.Contains("1 image has copies in several classes: a/1.png ('crane') and b/1.png ('crane')",
            List("csv", "list.csv").Notes(1));
    }

    [Fact]
    public void A_link_in_a_class_is_named_and_not_followed()
    {
        Fill("train/a train/b test/a test/b");
        Directory.CreateSymbolicLink(_folder.At("set", "train", "a", "up"), _folder.Root);
        Assert.Contains($"the folder '{_folder.Root}/set/train/a/up' is not read: it is a link", Open().Notes(2));
    }

    [Theory]
    [InlineData("path,category,class_name\na/1.png,cat,cat\n",
        "the columns 'category' and 'class_name' both mean 'class'; rename or remove one")]
    [InlineData(
        "a/1.png,cat\n",
        "the first line 'a/1.png,cat' has no column 'path', so the header seems to be missing; expected a first line such as "
        + "path,class,split.")]
    [InlineData("path,class,split\na/1.png,cat,train\na/1.png,cat,test\nb/1.png,dog,train\n",
        "the image 'a/1.png' is listed in train and in test; list each image once")]
    [InlineData("path,class,split\na/1.png,cat,train\na/1.png,cat,train\nb/1.png,dog,train\nb/2.png,dog,test\n",
        "the image 'a/1.png' is listed twice in train")]
    public void Tables_that_would_mislead_are_refused(string text, string message)
    {
        Fill("a b");
        _folder.Write("set/list.csv", text);
        Assert.Contains(message, Assert.Throws<InvalidInputException>(() => List("csv", "list.csv")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_file_may_use_other_names_of_the_splits_but_each_once()
    {
        Fill("a b");
        _folder.Write("set/split.json",
            """
            {"Training": [["./a/1.png", 0, "a"], ["b/1.png", 1, "b"]], "valid": [["a/2.png", 0, "a"]], "test": [["a/3.png", 0, "a"]]}
            """);
        Assert.Contains("it has 2 classes with 2 training, 1 validation and 1 test image", List("split", "split.json").Notes(1));
        _folder.Write("set/split.json", """{"train": [], "training": [], "test": []}""");
        Assert.Contains("several keys mean train", Assert.Throws<InvalidInputException>(() => List("split", "split.json")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void All_bad_images_that_a_seed_uses_are_named_at_once()
    {
        Fill("train/a train/b test/a test/b");
        string[] bad = [_folder.Write("set/train/a/1.png", "<html>not found</html>"),
            _folder.Write("set/test/b/2.png", TestImages.Encode(TestImages.Pattern(30, 30), SKEncodedImageFormat.Png).AsSpan(0, 400))];
        var message = Assert.Throws<InvalidInputException>(() => Open()
            .CheckImages(3, [1, 2, 3], TestContext.Current.CancellationToken)).Message;
        Assert.StartsWith("2 of 16 images cannot be used: ", message, StringComparison.Ordinal);
        Assert.All(bad, path => Assert.Contains(path, message, StringComparison.Ordinal));
        // Once they are replaced, the kept result is that of other files.
        foreach (var path in bad) File.WriteAllBytes(path, TestImages.Encode(TestImages.Pattern(40, 40), SKEncodedImageFormat.Png));
        Open().CheckImages(3, [1, 2, 3], TestContext.Current.CancellationToken);
    }

    private static int Moves(Action action)
    {
        var moves = 0;
        using (WorkProgress.Observe(() => Interlocked.Increment(ref moves))) action();
        return moves;
    }

    private void Shell(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-ec", script]) { WorkingDirectory = _folder.At("set") })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private FileDataset Open() => FolderDataset.Open([_folder.Root], "set");

    private FileDataset List(string format, string file) =>
        FileDatasets.Open([_folder.Root], new DatasetSource { Name = "mine", Format = format, Path = $"set/{file}" });

    private void Fill(params string[] folders)
    {
        foreach (var folder in folders.SelectMany(text => text.Split(' ')))
        {
            // Another width each, so that no two contents are equal.
            for (var i = 1; i <= 4; i++)
                _folder.Write($"set/{folder}/{i}.png", TestImages.Encode(TestImages.Pattern(2 + _written++, 3), SKEncodedImageFormat.Png));
        }
    }
}
