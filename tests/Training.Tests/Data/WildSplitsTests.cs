using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;
using AdaptCluster.Training.Data.Lists;
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
    [InlineData("image_path,category,Phase", "train,TEST,Val",
        "the column 'Phase' contains names of splits in all lines; rename it to 'split'")]
    [InlineData("path,class,usage", "train,test,", "the column 'usage' contains names of splits in all lines")]
    [InlineData("path,class,", "train,test,val", "the column '' contains names of splits in all lines")]
    [InlineData("path,class,origin", "train2017,Test images,val-1", "the column 'origin' contains names of splits in all lines")]
    [InlineData("path,class,is_valid", "True,False,True", "the column 'is_valid' seems to contain the split but is not read")]
    [InlineData("path,class,isTrainingImage", "1,0,1", "the column 'isTrainingImage' seems to contain the split")]
    [InlineData("path,class,fold", "1,2,3", "the column 'fold' seems to contain the split")]
    [InlineData("path,class,kfold", "0,1,2", "the column 'kfold' seems to contain the split")]
    [InlineData("path,class,folds", "0,1,2", "the column 'folds' seems to contain the split")]
    [InlineData("path,class,cv_fold", "0,1,2", "the column 'cv_fold' seems to contain the split")]
    [InlineData("path,class,skfold", "0,1,2", "the column 'skfold' seems to contain the split")]
    [InlineData("path,class,StratifiedKFold", "0,1,2", "the column 'StratifiedKFold' seems to contain the split")]
    [InlineData("path,class,is_test", "1,,,", "the column 'is_test' seems to contain the split")]
    [InlineData("path,class,Usage", "Training,PublicTest,PrivateTest", "the column 'Usage' contains names of splits in all lines")]
    [InlineData("path,class,kind", "train,test,holdout,test", "the column 'kind' contains names of splits in 6 of 8 lines")]
    [InlineData("path,class,set", "train,test,tset,test", "the column 'set' contains names of splits in 6 of 8 lines")]
    public void A_column_that_says_the_split_by_another_name_is_refused(string header, string values, string message)
    {
        var text = Refused(header, values.Split(','));
        Assert.Contains($"list.csv, line 1: {message}", text, StringComparison.Ordinal);
        Assert.Contains("train or training; val, valid, validation or dev; test or testing", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("path,class,width", "5,6,7", "the column 'width' of ")]
    [InlineData("path,class,test_date", "Monday,Tuesday,test", "the column 'test_date' of ")]
    [InlineData("path,class,source", "train", "the column 'source' of ")]
    [InlineData("path,class,valid", "True", "the column 'valid' of ")]
    [InlineData("path,class,is_valid", "True", "the column 'is_valid' of ")]
    [InlineData("path,class,set", "A,B", "the column 'set' of ")]
    [InlineData("path,class,subset", "easy,hard,test", "the column 'subset' of ")]
    [InlineData("path,class,", "7,8,9", "the column '' of ")]
    public void A_column_that_says_nothing_of_splits_is_noted(string header, string values, string note) =>
        Assert.Contains(Table(header, values.Split(',')).Notes(1), found => found.StartsWith(note, StringComparison.Ordinal)
            && found.EndsWith("list.csv is not read", StringComparison.Ordinal));

    [Theory]
    [InlineData("trainId", 60)]
    [InlineData("train_id", 25)]
    [InlineData("valid", 1)]
    public void A_column_of_identifiers_and_one_of_one_value_only_sound_as_if_they_said_the_split(string name, int values) =>
        Assert.StartsWith($"the column '{name}' of ", Assert.Single(Own($"path,class,{name}", 60, i => $"{i % values}").Notes),
            StringComparison.Ordinal);

    [Fact]
    public void A_few_values_that_sound_like_splits_are_no_split() =>
        Assert.StartsWith("the column 'remark' of ",
            Assert.Single(Own("path,class,remark", 60, i => i % 5 == 0 ? "test tube" : i % 5 == 1 ? "train" : "street").Notes),
            StringComparison.Ordinal);

    [Fact]
    public void The_numbers_of_rows_that_pandas_writes_are_not_worth_a_note()
    {
        var rows = Enumerable.Range(0, 8).Select(i => $"{i},{i}.png,{(i < 4 ? "cat" : "dog")}\n");
        Assert.Empty(SplitCsv.Read(_folder.Write("list.csv", ",path,class\n" + string.Concat(rows))).Notes);
    }

    [Fact]
    public void A_table_may_have_a_column_for_each_pixel()
    {
        var pixels = string.Join(',', Enumerable.Range(0, 2304).Select(i => $"p{i}"));
        var split = Own($"path,class,{pixels}", 6, i => string.Join(',', Enumerable.Repeat(i, 2304)));
        Assert.Contains("and 2296 more of ", Assert.Single(split.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_be_an_identifier_or_a_text_is_read_only_where_nothing_better_is()
    {
        var text = "image_id,file_name,class,labels\n"
            + string.Concat(Enumerable.Range(0, 8).Select(i => $"{i},{i}.png,{(i < 4 ? "cat" : "dog")},small;gray\n"));
        var split = SplitCsv.Read(_folder.Write("list.csv", text));
        Assert.All(split.Train, image => Assert.EndsWith(".png", image.Path, StringComparison.Ordinal));
        Assert.StartsWith("the columns 'image_id', 'labels' of ", Assert.Single(split.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("path;class;x,y,z,a\n1.png;cat;1,2,3,4\n", ';')]
    [InlineData("\r\n\"path\"\t\"class\"\t\"a,b;c\"\n", '\t')]
    [InlineData("one;two;three,four\n", ';')]
    [InlineData("one\n", ',')]
    public void The_separator_is_what_gives_the_header_known_names_else_what_it_has_most_of(string text, char separator) =>
        Assert.Equal(separator, CsvRecords.Separator(text, name => name is "path" or "class"));

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
            "its paths contain folders of several splits, such as 'test/a/1.png' and 'train/a/1.png', but it has no column 'split'",
            Refused("csv", "list.csv"), StringComparison.Ordinal);
        _folder.Write("set/list.csv", "path,class\n" + string.Concat(paths.Take(8)));
        Assert.Equal(SplitOrigin.SelfMade, List("csv", "list.csv").Origin);
    }

    [Theory]
    [InlineData("images/train2017/{0}.png", "images/val2017/{0}.png")]
    [InlineData("train_images/{0}.png", "data/test_images/{0}.png")]
    [InlineData("train_test/a/images_train/{0}.png", "train_test/a/images_test/{0}.png")]
    [InlineData("train_{0}.png", "test_{0}.png")]
    [InlineData("a/img_train_{0}.png", "b/img_val_{0}.png")]
    public void A_table_without_splits_of_paths_that_all_speak_of_them_is_refused(string first, string second)
    {
        var message = Assert.Throws<InvalidInputException>(() => Paths(first, second)).Message;
        Assert.Contains("its paths contain names of several splits, such as '", message, StringComparison.Ordinal);
        Assert.Contains("but it has no column 'split'; add it", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train_images/a/{0}.png", "train_images/b/{0}.png")]
    [InlineData("train_data/test tube/{0}.png", "train_data/cat/{0}.png")]
    [InlineData("train_{0}.png", "other_{0}.png")]
    public void Paths_that_do_not_tell_several_splits_apart_are_split(string first, string second) =>
        Assert.Equal(SplitOrigin.SelfMade, Paths(first, second).Origin);

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
        "line 1: the column 'class', which is read as the class, contains names of splits in all lines")]
    [InlineData("csv", """{"train": []}""", "seems to be JSON; for a split file, use")]
    [InlineData("split", "path,class\n", "is not JSON; for a table, use")]
    [InlineData("csv", "image label\na cat\n", "; commas, semicolons, tabs or vertical bars separate columns")]
    public void A_list_that_is_something_else_is_told_what(string format, string text, string message)
    {
        Fill("a b");
        _folder.Write("set/list", text);
        Assert.Contains(message, Refused(format, "list"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"path": "a/1.png", "class": "cat", "Phase": "train"}]""",
        "expected one object with the keys train, val and test, not a list")]
    [InlineData("""{"train": [{"path": "a/1.png", "class": "cat", "Phase": "test"}], "test": []}""",
        "$.train[0]: expected [path, label, class name]")]
    [InlineData("""{"train": [["a/1.png", 0, "cat", "test"]], "test": []}""", "$.train[0]: expected [path, label, class name]")]
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
        "{0} has no split folders, but '{0}/images' has; use that folder")]
    [InlineData("one/train/a one/test/a two/train/a two/test/a", "'{0}/one', '{0}/two' have; use one of them")]
    [InlineData("a/train a/test b/train b/test",
        "{0}/a contains 'test', 'train', so splits are inside classes; put the classes inside the splits")]
    [InlineData("a b b/test", "{0}/b contains 'test', so splits are inside classes; put the classes inside the splits, such as {0}/test/b")]
    [InlineData("train_images test_images",
        "{0} has the folders 'test_images', 'train_images', which seem to be splits; rename them to test, train")]
    [InlineData("train_images test_images sample_images",
        "{0} has the folders 'test_images', 'train_images', which seem to be splits; rename them to test, train")]
    [InlineData("images_train_rev1 images_test_rev1",
        "{0} has the folders 'images_test_rev1', 'images_train_rev1', which seem to be splits; rename them to test, train")]
    [InlineData("bus car test", "{0} has no folder 'train' next to 'test'")]
    [InlineData("bus car train/x", "{0} has no folder 'test' next to 'train'")]
    [InlineData("train/a train/b val/a val/b",
        "{0} has no folder 'test' next to 'train' and 'val'; use train and test folders, or class folders without split folders; "
        + "to test on the images in 'val', rename it to test.")]
    [InlineData("train/a train/b test",
        "{0}/test has no class folders, so its images have no classes; sort them into one folder per class, like the training images.")]
    [InlineData("a/deep b/deep",
        "{0}/a has no images (.jpg, .jpeg, .jfif, .png, .webp, .bmp, .gif, .tif, .tiff), but the folders below it contain 4 images")]
    public void Splits_of_folders_that_lie_elsewhere_are_refused_with_their_place(string folders, string message)
    {
        Fill(folders);
        Assert.Contains(message.Replace("{0}", _folder.At("set"), StringComparison.Ordinal),
            Assert.Throws<InvalidInputException>(() => FolderDataset.Open([_folder.Root], "set")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_may_be_called_train()
    {
        Fill("bus car train");
        var dataset = FolderDataset.Open([_folder.Root], "set");
        Assert.Equal(["bus", "car", "train"], dataset.ClassNames);
        Assert.Contains("the folder 'train' is read as a class, because it contains images and no class folders", dataset.Notes(1));
    }

    [Fact]
    public void A_few_classes_of_many_may_sound_like_splits()
    {
        Fill("test_tube train_station bus car cup");
        Assert.Equal(["bus", "car", "cup", "test_tube", "train_station"], FolderDataset.Open([_folder.Root], "set").ClassNames);
    }

    [Fact]
    public void A_link_out_of_the_root_is_refused_before_anything_behind_it_is_listed()
    {
        using var outside = new ScratchFolder();
        outside.Write("train/1.png", "");
        outside.Write("test/1.png", "");
        Fill("a b");
        Directory.CreateSymbolicLink(_folder.At("set", "c"), outside.Root);
        Assert.StartsWith($"{_folder.At("set", "c")} is a link to {outside.Root}, outside the data root",
            Assert.Throws<InvalidInputException>(() => FolderDataset.Open([_folder.Root], "set")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_splits_beside_folders_of_classes_are_noted()
    {
        Fill("a b");
        foreach (var name in (string[])["train.txt", "test.txt", "readme.txt"]) _folder.Write($"set/{name}", "a/1.png");
        Assert.Contains(
            "splits in 'test.txt', 'train.txt' are not read; use the format csv or split to read lists of images",
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
        Assert.Contains("it has 2 classes with 6 training, 0 validation and 2 test images", List("csv", "list.csv").Notes(1));
    }

    [Theory]
    [InlineData("utf-16", "is UTF-16 text, not UTF-8; save it as UTF-8")]
    [InlineData("utf-16BE", "is UTF-16 text, not UTF-8; save it as UTF-8")]
    [InlineData("utf-32", "is UTF-32 text, not UTF-8; save it as UTF-8")]
    [InlineData("iso-8859-1",
        ", line 2: the byte E9 at position 16 is not UTF-8; the file may be Latin-1 or Windows-1252. Save it as UTF-8")]
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

    /// <summary>A table without a column for the split, of rows whose last field is a function of their number.</summary>
    private ListedSplit Own(string header, int rows, Func<int, string> end) => SplitCsv.Read(_folder.Write("list.csv", $"{header}\n"
        + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i}.png,{(i % 2 == 0 ? "cat" : "dog")},{end(i)}\n"))));

    private ListedSplit Paths(params string[] patterns) => SplitCsv.Read(_folder.Write("list.csv", "path,class\n"
        + string.Concat(patterns.SelectMany(pattern => Enumerable.Range(1, 4).Select(i =>
            $"{pattern.Replace("{0}", $"{i}", StringComparison.Ordinal)},{(i % 2 == 0 ? "cat" : "dog")}\n")))));

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
