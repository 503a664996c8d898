using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>The eleven layouts of the CoOp family, in miniature.</summary>
public sealed class CoOpDatasetsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public static TheoryData<string> All => [.. MiniatureTrees.All];

    public static TheoryData<string> Split => [.. MiniatureTrees.Split];

    [Theory]
    [MemberData(nameof(All))]
    public void Each_layout_gives_its_classes_and_its_images_with_the_right_labels(string name)
    {
        MiniatureTrees.Make(_folder.Root, name);
        var dataset = Open(name);
        Assert.Equal(3, dataset.ClassNames.Count);
        Assert.Equal((12, 12, 9), dataset.Counts(4));
        var data = dataset.Load(4, 1, null);
        foreach (var split in (IImageSplit[])[data.Train, data.Validation, data.Test])
            for (var i = 0; i < split.Labels.Count; i++) Assert.Equal(split.Labels[i], MainColour(split.Load(i)));
        Assert.Equal(name == "imagenet" ? SplitOrigin.ValidationFromTrain : SplitOrigin.Given, dataset.Origin);
    }

    [Theory]
    [InlineData("caltech101", "face", "leopard", "accordion")]
    [InlineData("eurosat", "Annual Crop Land", "Forest", "Sea or Lake")]
    [InlineData("oxford-pets", "abyssinian", "american_bulldog", "beagle")]
    [InlineData("stanford-cars", "2000 AM General Hummer SUV", "2012 Acura RL Sedan", "2012 Acura TL Sedan")]
    [InlineData("sun397", "abbey", "indoor apse", "indoor badminton_court")]
    [InlineData("ucf101", "Apply_Eye_Makeup", "Archery", "Yo_Yo")]
    [InlineData("oxford-flowers", "pink primrose", "canterbury bells", "moon orchid")]
    public void Without_the_published_split_the_official_files_give_CoOps_class_names(string name, params string[] names)
    {
        MiniatureTrees.Make(_folder.Root, name, split: false);
        Assert.Equal(names, Open(name).ClassNames);
    }

    [Theory]
    [MemberData(nameof(Split))]
    public void A_split_that_the_project_made_is_marked_and_the_same_on_every_machine(string name)
    {
        using var other = new ScratchFolder();
        foreach (var root in (string[])[_folder.Root, other.Root]) MiniatureTrees.Make(root, name, split: false);
        var dataset = Open(name);
        Assert.Contains(dataset.Origin, (SplitOrigin[])[SplitOrigin.SelfMade, SplitOrigin.SelfMadeValidation]);
        Assert.Contains(dataset.Notes(4), note => note.Contains("by AdaptCluster", StringComparison.Ordinal)
            || note.Contains("AdaptCluster used", StringComparison.Ordinal));
        Assert.Equal(dataset.Fingerprint, CoOp(other.Root, name).Fingerprint);
        var data = dataset.Load(2, 1, null);
        for (var i = 0; i < data.Train.Labels.Count; i++)
            if (name is not ("oxford-flowers" or "stanford-cars")) Assert.Equal(data.Train.Labels[i], MainColour(data.Train.Load(i)));
        Assert.NotEqual(dataset.Fingerprint, Published(name).Fingerprint);
    }

    [Fact]
    public void Two_classes_of_ImageNet_have_one_name_and_stay_two_classes()
    {
        MiniatureTrees.Make(_folder.Root, "imagenet");
        var dataset = Open("imagenet");
        Assert.Equal(["tench", "missile", "missile"], dataset.ClassNames);
        Assert.Equal([0, 1, 2], dataset.Load(2, 1, null).Test.Labels.Distinct());
        Assert.Contains(DatasetNotes.Of(dataset, 4, null), note =>
            note.Contains("'missile', 'missile' have the same prompt", StringComparison.Ordinal));
        Assert.Contains(dataset.Notes(4), note =>
            note.Contains("validation shots are drawn from the remaining training images", StringComparison.Ordinal));
    }

    [Fact]
    public void A_class_with_fewer_images_than_shots_gives_all_it_has_and_a_note_says_so()
    {
        MiniatureTrees.Make(_folder.Root, "dtd");
        var dataset = Open("dtd");
        Assert.Equal((24, 12, 9), dataset.Counts(16));
        Assert.Contains(dataset.Notes(16), note =>
            note.StartsWith("classes with fewer than 16 training images contribute all of their images, each once: 'banded' 8",
                StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_written_into_a_data_sets_folder()
    {
        foreach (var name in MiniatureTrees.All) MiniatureTrees.Make(_folder.Root, name);
        string[] Files() =>
            [.. Directory.EnumerateFileSystemEntries(_folder.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O}")];
        var before = Files();
        foreach (var name in MiniatureTrees.All) Open(name).Load(4, 1, null).Train.Load(0);
        Assert.Equal(before, Files());
    }

    [Theory]
    [InlineData(
        "{\"train\": [[\"banded/none.jpg\", 0, \"banded\"], [\"blotchy/001.jpg\", 1, \"blotchy\"]], \"test\": [[\"banded/001.jpg\", 0, "
        + "\"banded\"]]}", "1 of its 3 images is missing under")]
    [InlineData(
        "{\"train\": [[\"banded/001.jpg\", 0, \"banded\"], [\"blotchy/001.jpg\", 2, \"blotchy\"]], \"test\": [[\"banded/001.jpg\", 0, "
        + "\"banded\"]]}", "train: has no image with label 1, but the labels go up to 2")]
    [InlineData(
        "{\"train\": [[\"../dtd2/001.jpg\", 0, \"banded\"], [\"blotchy/001.jpg\", 1, \"b\"]], \"test\": [[\"banded/001.jpg\", 0, "
        + "\"banded\"]]}", "must be relative to the image folder")]
    [InlineData("{\"train\": [[\"/etc/passwd\", 0, \"a\"], [\"blotchy/001.jpg\", 1, \"b\"]], \"test\": [[\"banded/001.jpg\", 0, \"a\"]]}",
        "must be relative to the image folder")]
    [InlineData("{\"train\": [[\"banded/001.jpg\", 0, \"banded\"], [\"blotchy/001.jpg\", 0, \"blotchy\"]], \"test\": []}",
        "test: has no images")]
    [InlineData("{\"train\": 1, \"test\": []}", "$.train: expected a list of [path, label, class name]")]
    [InlineData("{\"train\": []}", "$: the key 'test' is missing")]
    [InlineData("[", "not valid JSON")]
    public void A_split_that_cannot_be_used_is_refused_by_file_and_place(string split, string expected)
    {
        var place = MiniatureTrees.Make(_folder.Root, "dtd");
        File.WriteAllText(Path.Combine(place, "split_zhou_DescribableTextures.json"), split);
        var message = Assert.Throws<InvalidInputException>(() => Open("dtd").Counts(1)).Message;
        Assert.Contains("split_zhou_DescribableTextures.json", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_or_a_list_that_is_missing_is_named_with_its_place()
    {
        Assert.Contains($"data set 'dtd' belongs in {_folder.At("dtd")}, which does not exist", Refusal("dtd"), StringComparison.Ordinal);
        File.Delete(Path.Combine(MiniatureTrees.Make(_folder.Root, "fgvc-aircraft"), "images_variant_val.txt"));
        Assert.Contains(_folder.At("fgvc_aircraft", "images_variant_val.txt") + " does not exist", Refusal("fgvc-aircraft"),
            StringComparison.Ordinal);
        File.Delete(Path.Combine(MiniatureTrees.Make(_folder.Root, "stanford-cars", split: false), "devkit", "cars_meta.mat"));
        Assert.Contains("cars_meta.mat does not exist; put it there, or put the published split_zhou_StanfordCars.json in",
            Refusal("stanford-cars"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_MAT_file_that_is_cut_off_at_any_byte_or_flipped_at_any_bit_is_refused_or_read()
    {
        var place = MiniatureTrees.Make(_folder.Root, "stanford-cars", split: false);
        var path = Path.Combine(place, "cars_test_annos_withlabels.mat");
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length += 97)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains("cars_test_annos_withlabels.mat", Refusal("stanford-cars"), StringComparison.Ordinal);
        }
        var random = new System.Random(1);
        for (var i = 0; i < 200; i++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            try
            {
                Open("stanford-cars");
            }
            catch (InvalidInputException)
            {
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private FileDataset Open(string name) => CoOp(_folder.Root, name);

    private string Refusal(string name) => Assert.Throws<InvalidInputException>(() => Open(name)).Message;

    private static FileDataset CoOp(string root, string name) =>
        FileDatasets.Open([root], FileDatasets.Known(name));

    private static FileDataset Published(string name)
    {
        using var folder = new ScratchFolder();
        MiniatureTrees.Make(folder.Root, name);
        return CoOp(folder.Root, name);
    }

    private static int MainColour(RgbImage image)
    {
        var sums = new long[3];
        for (var i = 0; i < image.Pixels.Length; i++) sums[i % 3] += image.Pixels[i];
        return Array.IndexOf(sums, sums.Max());
    }
}
