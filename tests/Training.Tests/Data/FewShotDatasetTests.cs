using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>Public few-shot lists in place of draws.</summary>
public sealed class FewShotDatasetTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public FewShotDatasetTests() => MiniatureTrees.Make(_folder.Root, "eurosat");

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("eurosat"), InlineData("imagenet"), InlineData("fgvc-aircraft"), InlineData("stanford-cars")]
    public void Lists_that_were_written_give_the_draw_that_they_were_written_from(string name)
    {
        if (name != "eurosat") MiniatureTrees.Make(_folder.Root, name);
        var drawn = Open(name);
        foreach (var shots in (int[])[1, 2, 4])
            foreach (var seed in (int[])[1, 2])
                foreach (var (file, text) in FewShotFiles.Of(drawn, shots, seed)) _folder.Write($"lists/{file}", text);
        var listed = Open(name, "lists");
        foreach (var shots in (int[])[1, 2, 4])
        {
            Assert.Equal(drawn.Counts(shots), listed.Counts(shots));
            foreach (var seed in (int[])[1, 2])
            {
                var (expected, found) = (drawn.Load(shots, seed, null), listed.Load(shots, seed, null));
                Assert.Equal(Names(expected.Train), Names(found.Train));
                Assert.Equal(expected.Train.Labels, found.Train.Labels);
                Assert.Equal(Names(expected.Validation), Names(found.Validation));
            }
        }
        // Another draw is another data set: results of one must not be taken for the other's.
        Assert.NotEqual(drawn.Fingerprint, listed.Fingerprint);
        Assert.Contains(listed.Notes(1), note => note.Contains("few-shot lists are read from", StringComparison.Ordinal));
    }

    [Fact]
    public void A_public_file_keeps_its_order_and_may_be_written_by_another_project()
    {
        // Another order of keys, another spelling of a name, an empty line, a key that says nothing here.
        Write(1, 1, "train", """
            {"_classname": "sea_or_lake", "_domain": 0, "_label": 2, "_impath": "eurosat/2750/SeaLake/008.jpg"}

            {"_impath": "eurosat/2750/AnnualCrop/003.jpg", "_label": 0, "_domain": 0, "_classname": "Annual Crop Land", "more": [1]}
            {"_impath": "eurosat/2750/Forest/001.jpg", "_label": 1}
            """);
        Write(1, 1, "val", """{"_impath": "eurosat/2750/Forest/009.jpg", "_label": 1, "_domain": 0, "_classname": "Forest"}""");
        var data = Open("eurosat", "lists").Load(1, 1, null);
        Assert.Equal(["SeaLake/008.jpg", "AnnualCrop/003.jpg", "Forest/001.jpg"], Names(data.Train));
        Assert.Equal([2, 0, 1], data.Train.Labels);
        Assert.Equal(["Forest/009.jpg"], Names(data.Validation));
    }

    [Fact]
    public void ImageNets_lists_have_no_validation_part_and_it_is_drawn_beside_them()
    {
        MiniatureTrees.Make(_folder.Root, "imagenet");
        var (name, text) = FewShotFiles.Of(Open("imagenet"), 2, 3)[0];
        _folder.Write($"lists/{name}", text);
        var data = Open("imagenet", "lists").Load(2, 3, null);
        Assert.Equal(data.Train.Labels.Count, data.Validation.Labels.Count);
        Assert.Empty(Names(data.Train).Intersect(Names(data.Validation)));
    }

    public static TheoryData<string, string> Bad => new()
    {
        { """{"_impath": "eurosat/2750/Forest/001.jpg", "_label": 1""", "line 2: not valid JSON: " },
        { """["eurosat/2750/Forest/001.jpg", 1]""", "line 2: expected one JSON object, such as {" },
        { """{"_label": 1}""", "line 2: the string _impath is missing." },
        { """{"_impath": "eurosat/2750/Forest/001.jpg", "_label": 1.5}""", "line 2: the integer _label is missing." },
        { """{"_impath": "eurosat/2750/Forest/001.jpg", "_label": 1, "_classname": 7}""", "line 2: _classname is not a string." },
        { """{"_impath": "eurosat/2750/Forest/001.jpg", "_label": 0}""",
            "line 2: 'eurosat/2750/Forest/001.jpg' has the label 0, but 1 in the data set; use the labels of the whole data set." },
        { """{"_impath": "eurosat/2750/Forest/001.jpg", "_label": 1, "_classname": "River"}""",
            "line 2: label 1 has the name 'River', but 'Forest' in the data set." },
        { """{"_impath": "/etc/passwd", "_label": 1}""", "must be relative to the data root" },
        { """{"_impath": "eurosat/2750/../../secret.jpg", "_label": 1}""", "must be relative to the data root" },
        { """{"_impath": "2750/Forest/001.jpg", "_label": 1}""",
            "line 2: the data set has no image '2750/Forest/001.jpg'; paths are relative to the data root, such as 'eurosat/2750/" },
        { """{"_impath": "eurosat/2750/Forest/013.jpg", "_label": 1}""", "is a test image of the data set; remove this line." },
        { """{"_impath": "eurosat/2750/AnnualCrop/001.jpg", "_label": 0}""",
            "is already in shot_1-seed_1_train.jsonl, line 1; list each image once." },
        { """{"_impath": "eurosat/2750/AnnualCrop/002.jpg", "_label": 0}""", "class 'Annual Crop Land' has more than 1 image." },
        { "", "class 'Forest' (label 1) has no image; list at least one." },
    };

    [Theory, MemberData(nameof(Bad))]
    public void What_is_wrong_with_a_line_is_told_with_its_file_and_number(string line, string message)
    {
        Write(1, 1, "train", $"{{\"_impath\": \"eurosat/2750/AnnualCrop/001.jpg\", \"_label\": 0}}\n{line}\n");
        Write(1, 1, "val", "");
        var error = Assert.Throws<InvalidInputException>(() => Open("eurosat", "lists").Load(1, 1, null));
        Assert.Contains(Path.Combine(_folder.Root, "lists", "shot_1-seed_1_train.jsonl"), error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_and_lists_that_are_missing_are_named_with_what_is_there()
    {
        Assert.Contains("has no such folder", Refused(() => Open("eurosat", "nothing")), StringComparison.Ordinal);
        Assert.Contains("without '..'", Refused(() => Open("eurosat", "../lists")), StringComparison.Ordinal);
        _folder.Write("lists/readme.txt", "no list");
        Assert.Contains("has no few-shot lists", Refused(() => Open("eurosat", "lists")), StringComparison.Ordinal);
        foreach (var (name, text) in FewShotFiles.Of(Open("eurosat"), 2, 1)) _folder.Write($"lists/{name}", text);
        var dataset = Open("eurosat", "lists");
        Assert.Contains("has no lists for 4 shots; it has lists for 2 shots", Refused(() => dataset.Counts(4)), StringComparison.Ordinal);
        Assert.Contains("shot_2-seed_9_train.jsonl does not exist", Refused(() => dataset.Load(2, 9, null)), StringComparison.Ordinal);
        File.Delete(_folder.At("lists", "shot_2-seed_1_val.jsonl"));
        Assert.Contains("shot_2-seed_1_val.jsonl does not exist", Refused(() => Open("eurosat", "lists").Load(2, 1, null)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Seeds_whose_lists_differ_in_length_are_refused_before_anything_trains()
    {
        foreach (var seed in (int[])[1, 2])
            foreach (var (name, text) in FewShotFiles.Of(Open("eurosat"), 2, seed))
                _folder.Write($"lists/{name}",
                    seed == 2 && name.Contains("train", StringComparison.Ordinal) ? text[(text.IndexOf('\n') + 1)..] : text);
        var dataset = Open("eurosat", "lists");
        Assert.Contains("the lists of all seeds must have the same length",
            Refused(() => dataset.CheckImages(2, [1, 2], TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_changes_changes_the_stamp_and_the_fingerprint()
    {
        foreach (var (name, text) in FewShotFiles.Of(Open("eurosat"), 1, 1)) _folder.Write($"lists/{name}", text);
        var (stamp, fingerprint) = (Stamp(), Open("eurosat", "lists").Fingerprint);
        var path = _folder.At("lists", "shot_1-seed_1_train.jsonl");
        File.WriteAllLines(path, File.ReadLines(path).Reverse().ToArray());
        File.SetLastWriteTimeUtc(path, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.NotEqual(stamp, Stamp());
        Assert.NotEqual(fingerprint, Open("eurosat", "lists").Fingerprint);
    }

    private FileDataset Open(string name, string? lists = null) => FileDatasets.Open([_folder.Root], Source(name, lists));

    private string Stamp() => DatasetFormats.Stamp(
        DatasetFormats.Opener(KnownMethods.All.Formats.Find("coop")), [_folder.Root], Source("eurosat", "lists"));

    private static DatasetSource Source(string name, string? lists) => FileDatasets.Known(name) with { FewShots = lists };

    private void Write(int shots, int seed, string part, string text) =>
        _folder.Write($"lists/shot_{shots}-seed_{seed}_{part}.jsonl", text);

    private static IEnumerable<string?> Names(IImageSplit split) => Enumerable.Range(0, split.Labels.Count).Select(split.Name);

    private static string Refused(Action act) => Assert.Throws<InvalidInputException>(act).Message;
}
