using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>
/// Splits that people wrote down where they are not looked for must never be made anew in silence: images of the test would be trained on.
/// </summary>
public sealed class WildSplitsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private int _written;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("image_path,category,Phase", "train,TEST,Val", "the column 'Phase' has the names of splits in all lines; call it 'split'")]
    [InlineData("path,class,usage", "train,test,", "the column 'usage' has the names of splits in all lines")]
    [InlineData("path,class,", "train,test,val", "the column '' has the names of splits in all lines")]
    [InlineData("path,class,origin", "train2017,Test images,val-1", "the column 'origin' has the names of splits in all lines")]
    [InlineData("path,class,is_valid", "True,False,True", "the column 'is_valid' seems to say the split and is not read")]
    [InlineData("path,class,isTrainingImage", "1,0,1", "the column 'isTrainingImage' seems to say the split")]
    [InlineData("path,class,fold", "1,2,3", "the column 'fold' seems to say the split")]
    public void A_column_that_says_the_split_by_another_name_is_refused(string header, string values, string message)
    {
        var text = Refused(header, values.Split(','));
        Assert.Contains($"list.csv, line 1: {message}", text, StringComparison.Ordinal);
        Assert.Contains("train or training; val, valid, validation or dev; test or testing", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("path,class,width", "5,6,7", "the column 'width' of ")]
    [InlineData("path,class,test_date", "Monday,Tuesday,test", "the column 'test_date' of ")]
    public void A_column_that_says_nothing_of_splits_is_noted(string header, string values, string note) =>
        Assert.Contains(Table(header, values.Split(',')).Notes(1), found => found.StartsWith(note, StringComparison.Ordinal)
            && found.EndsWith("list.csv is not read", StringComparison.Ordinal));

    [Fact]
    public void Beside_a_column_that_says_the_split_any_other_is_only_noted() =>
        Assert.Contains(Table("path,split,class,old_split,width", "train,cat,test,3", "test,cat,train,4", "train,dog,train,5",
            "test,dog,test,6").Notes(1),
            note => note.StartsWith("the columns 'old_split', 'width' of ", StringComparison.Ordinal));

    [Theory]
    [InlineData("path,class,", ",")]
    [InlineData("path,class", "")]
    public void Columns_without_name_and_values_are_not_worth_a_note(string header, string end)
    {
        Fill("a b");
        _folder.Write("set/list.csv", $"{header}\n" + Rows(_ => end));
        Assert.DoesNotContain(List("csv", "list.csv").Notes(1), note => note.Contains("column", StringComparison.Ordinal));
    }

    [Fact]
    public void A_table_without_splits_of_paths_below_train_and_test_is_refused()
    {
        Fill("train/a train/b test/a test/b");
        string[] paths = [.. new[] { "train/a", "train/b", "test/a", "test/b" }.SelectMany(place =>
            Enumerable.Range(1, 4).Select(i => $"{place}/{i}.png,{place[^1]}\n"))];
        _folder.Write("set/list.csv", "path,class\n" + string.Concat(paths));
        Assert.Contains(
            "its paths have folders of several splits, such as 'test/a/1.png' and 'train/a/1.png', and it has no column 'split'",
            Refused("csv", "list.csv"), StringComparison.Ordinal);
        _folder.Write("set/list.csv", "path,class\n" + string.Concat(paths.Take(8)));
        Assert.Equal(SplitOrigin.SelfMade, List("csv", "list.csv").Origin);
    }

    [Fact]
    public void A_table_without_a_header_is_refused_though_it_has_splits()
    {
        Fill("a b");
        _folder.Write("set/list.csv", Rows(_ => ",train"));
        Assert.Contains("the first line 'a/1.png,cat,train' has no column 'path', so the header seems to be missing",
            Refused("csv", "list.csv"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv", "path,class\na/1.png,train\na/2.png,train\nb/1.png,Test\n",
        "line 1: the column 'class', which is read as the class, has the names of splits in all lines")]
    [InlineData("csv", """{"train": []}""", "seems to be JSON; for a split file write")]
    [InlineData("split", "path,class\n", "is no JSON; for a table write")]
    [InlineData("csv", "image label\na cat\n", "; commas, semicolons, tabs or bars separate columns")]
    public void A_list_that_is_something_else_is_told_what(string format, string text, string message)
    {
        Fill("a b");
        _folder.Write("set/list", text);
        Assert.Contains(message, Refused(format, "list"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"path": "a/1.png", "class": "cat", "Phase": "train"}]""",
        "one object with the keys train, val and test expected, not a list")]
    [InlineData("""{"train": [{"path": "a/1.png", "class": "cat", "Phase": "test"}], "test": []}""",
        "$.train[0]: [path, label, class name] expected")]
    [InlineData("""{"train": [["a/1.png", 0, "cat", "test"]], "test": []}""", "$.train[0]: [path, label, class name] expected")]
    [InlineData("""{"train": [], "test": [], "holdout": []}""", "unknown key 'holdout'")]
    [InlineData("""{"train": [["a/1.png", 0, "cat"], ["b/1.png", 1, "dog"], ["./a/1.png", 0, "cat"]], "test": [["b/2.png", 1, "dog"]]}""",
        "the image 'a/1.png' is listed twice in train; list each image once")]
    [InlineData("""{"train": [["a/1.png", 0, "cat"], ["b/2.png", 1, "dog"]], "val": [["b/1.png", 1, "dog"]], "test": [["b/1.png", 1, "dog"]]}""",
        "the image 'b/1.png' is listed in val and in test; list each image once")]
    public void A_split_file_of_another_form_is_refused(string text, string message)
    {
        Fill("a b");
        _folder.Write("set/split.json", text);
        Assert.Contains(message, Refused("split", "split.json"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("images/train/a images/train/b images/test/a images/test/b",
        "{0} has no folders of splits, and '{0}/images' has; give that folder")]
    [InlineData("one/train/a one/test/a two/train/a two/test/a", "'{0}/one', '{0}/two' have; give one of them")]
    [InlineData("a/train a/test b/train b/test", "{0}/a has 'test', 'train' in it, so splits lie below classes; put splits above them")]
    [InlineData("a b b/test", "{0}/b has 'test' in it, so splits lie below classes; put splits above them, such as {0}/test/b")]
    [InlineData("train_images test_images",
        "{0} has the folders 'test_images', 'train_images', which seem to be splits; name them test, train")]
    [InlineData("a/deep b/deep",
        "{0}/a has no images (.jpg, .jpeg, .jfif, .png, .webp, .bmp, .gif, .tif, .tiff) itself, and in the folders below it 4 images")]
    public void Splits_of_folders_that_lie_elsewhere_are_refused_with_their_place(string folders, string message)
    {
        Fill(folders);
        Assert.Contains(message.Replace("{0}", _folder.At("set"), StringComparison.Ordinal),
            Assert.Throws<InvalidInputException>(() => FolderDataset.Open([_folder.Root], "set")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_splits_beside_folders_of_classes_are_noted()
    {
        Fill("a b");
        foreach (var name in (string[])["train.txt", "test.txt", "readme.txt"]) _folder.Write($"set/{name}", "a/1.png");
        Assert.Contains("the splits that 'test.txt', 'train.txt' may name are not read; the formats csv and split take lists of images",
            FolderDataset.Open([_folder.Root], "set").Notes(1));
    }

    [Theory]
    [InlineData("sep=;\r\npath;class;split\r\n", ';')]
    [InlineData("\ufeff\"sep=|\"\npath|class|split\n", '|')]
    [InlineData("path|class|split\n", '|')]
    [InlineData("path,class,split\n", ',')]
    public void Tables_of_Excel_are_read_with_their_separator_and_empty_rows(string header, char separator)
    {
        Fill("a b");
        var rows = Rows(image => image.StartsWith('4') ? ",test" : ",train") + ",,\n,,\n";
        _folder.Write("set/list.csv", header + rows.Replace(',', separator));
        Assert.Contains("its files are 2 classes with 6 training, 0 validation and 2 test images", List("csv", "list.csv").Notes(1));
    }

    [Theory]
    [InlineData("utf-16", "is UTF-16 text, not UTF-8; save it as UTF-8")]
    [InlineData("utf-16BE", "is UTF-16 text, not UTF-8; save it as UTF-8")]
    [InlineData("utf-32", "is UTF-32 text, not UTF-8; save it as UTF-8")]
    [InlineData("iso-8859-1", ", line 2: the byte E9 at 16 is no UTF-8, and the text may be Latin-1 or Windows-1252; save it as UTF-8")]
    public void Lists_in_other_encodings_are_told_which(string encoding, string message)
    {
        Fill("a b");
        var written = Encoding.GetEncoding(encoding);
        foreach (var (format, text) in (ReadOnlySpan<(string, string)>)[("csv", "path,class\na/1.pé,cat\n"),
            ("split", "{   \"train\":\n [\"é\"]}")])
        {
            _folder.Write("set/list", [.. written.GetPreamble(), .. written.GetBytes(text)]);
            Assert.Contains(message, Refused(format, "list"), StringComparison.Ordinal);
        }
        _folder.Write("set/list", Encoding.Unicode.GetBytes("path,class\n"));
        Assert.Contains("is UTF-16 text", Refused("csv", "list"), StringComparison.Ordinal);
    }

    private string Refused(string format, string file) => Assert.Throws<InvalidInputException>(() => List(format, file)).Message;

    private string Refused(string header, string[] values) => Assert.Throws<InvalidInputException>(() => Table(header, values)).Message;

    /// <summary>Three images of each of two classes, the last column of each by turns one of some values.</summary>
    private FileDataset Table(string header, params string[] values)
    {
        Fill("a b");
        var rows = header.Contains("split,class", StringComparison.Ordinal)
            ? string.Concat(values.Select((value, i) => $"{(i < 2 ? 'a' : 'b')}/{i % 2 + 1}.png,{value}\n"))
            : Rows(image => $",{values[(image[0] - '1') % values.Length]}");
        _folder.Write("set/list.csv", $"{header}\n{rows}");
        return List("csv", "list.csv");
    }

    private static string Rows(Func<string, string> end) =>
        string.Concat(new[] { "a,cat", "b,dog" }.SelectMany(kind => Enumerable.Range(1, 4).Select(i =>
            $"{kind[0]}/{i}.png,{kind[2..]}{end($"{i}.png")}\n")));

    private FileDataset List(string format, string file) =>
        FileDatasets.Open([_folder.Root], new DatasetSource { Name = "mine", Format = format, Path = $"set/{file}" });

    private void Fill(string folders)
    {
        foreach (var folder in folders.Split(' '))
        {
            // Another width each, so that no two contents are equal.
            for (var i = 1; i <= 4; i++)
                _folder.Write($"set/{folder}/{i}.png", TestImages.Encode(TestImages.Pattern(2 + _written++, 3), SKEncodedImageFormat.Png));
        }
    }
}
