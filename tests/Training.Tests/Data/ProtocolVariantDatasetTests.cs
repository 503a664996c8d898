using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>ImageNet-V2, -Sketch, -A and -R in miniature: test images of ImageNet's classes.</summary>
public sealed class ProtocolVariantDatasetTests : IDisposable
{
    private static readonly string[] Ids = [.. Enumerable.Range(1, 12).Select(i => $"n0{i:0000000}")];

    private readonly ScratchFolder _folder = new();
    private readonly byte[] _image = TestImages.Encode(TestImages.Pattern(8, 8), SKEncodedImageFormat.Jpeg);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_that_are_numbers_are_labels_by_their_value_and_not_by_their_text()
    {
        Names("imagenetv2");
        for (var number = 0; number < 12; number++) Image($"imagenetv2/imagenetv2-matched-frequency-format-val/{number}/a.jpeg");

        var dataset = Open("imagenet-v2");

        Assert.Equal(Ids.Select(Name), dataset.ClassNames);
        var test = dataset.LoadTest(null).Test;
        Assert.Equal(Enumerable.Range(0, 12), test.Labels);
        // Sorted as texts, 10 and 11 would be the third and the fourth.
        Assert.Equal(Enumerable.Range(0, 12).Select(number => $"{number}/a.jpeg"), Enumerable.Range(0, 12).Select(test.Name));
    }

    [Theory]
    [InlineData("imagenet-sketch", "imagenet-sketch", "images")]
    [InlineData("imagenet-a", "imagenet-adversarial", "imagenet-a")]
    [InlineData("imagenet-r", "imagenet-rendition", "imagenet-r")]
    public void Folders_of_WordNet_ids_are_labels_in_their_order_and_named_by_ImageNets_file(string name, string folder, string images)
    {
        Names(folder);
        _folder.Write($"{folder}/{images}/README.txt", "not a class");
        _folder.Write($"{folder}/{images}/.hidden", "nor this");
        foreach (var id in (string[])[Ids[7], Ids[2], Ids[4]]) Image($"{folder}/{images}/{id}/b.jpg");

        var dataset = Open(name);

        Assert.Equal(((string[])[Ids[2], Ids[4], Ids[7]]).Select(Name), dataset.ClassNames);
        Assert.Equal([0, 1, 2], dataset.LoadTest(null).Test.Labels);
        Assert.Equal("a photo of a name 3.", dataset.Texts(null)[0]);
    }

    [Theory]
    [InlineData("imagenet_a", "imagenet-a", "imagenet-adversarial/imagenet-a")]
    [InlineData("imagenet_r", "imagenet-r", "imagenet-rendition/imagenet-r")]
    public void The_200_classes_of_A_and_R_have_the_labels_and_the_names_whose_digests_are_known(string key, string name, string images)
    {
        var lines = Path.Combine(Environment.GetEnvironmentVariable("ADAPTCLUSTER_DATA") ?? "", "classnames", "imagenet_classnames.txt");
        Assert.SkipWhen(!File.Exists(lines), "Set ADAPTCLUSTER_DATA to a folder that has classnames/ with the names of each set.");
        var known = JsonDocument.Parse(File.ReadAllText(Repository.At("tests/golden/protocols/imagenet-variants.json"))).RootElement
            .GetProperty(key);
        var members = known.GetProperty("members").EnumerateArray().Select(member => (Label: member[0].GetInt32(),
            ImageNet: member[1].GetInt32(), Id: member[2].GetString()!, Name: member[3].GetString()!)).ToArray();
        _folder.Write($"{Path.GetDirectoryName(images)}/classnames.txt", File.ReadAllText(lines));
        // The folders are made in another order than that of the labels.
        foreach (var member in members.OrderBy(member => member.Name, StringComparer.Ordinal)) Image($"{images}/{member.Id}/a.jpg");

        var dataset = Open(name);

        Assert.Equal(members.Select(member => member.Name), dataset.ClassNames);
        Assert.Equal(known.GetProperty("digest_names").GetString(), Digest(dataset.ClassNames));
        var test = dataset.LoadTest(null).Test;
        Assert.Equal(members.Select(member => member.Label), test.Labels);
        var ids = Enumerable.Range(0, known.GetProperty("classes").GetInt32())
            .Select(index => Path.GetDirectoryName(test.Name(index))!).ToArray();
        Assert.Equal(known.GetProperty("digest_wnids").GetString(), Digest(ids));
        Assert.Equal(members.Select(member => member.ImageNet),
            ids.Select(id => Array.FindIndex(File.ReadAllLines(lines), line => line.StartsWith(id, StringComparison.Ordinal))));
        Assert.Equal(known.GetProperty("duplicate_names").EnumerateArray().Select(twice => twice.GetString()),
            dataset.ClassNames.GroupBy(className => className).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    [Fact]
    public void Nothing_is_trained_on_them()
    {
        Names("imagenet-adversarial");
        foreach (var id in Ids[..3]) Image($"imagenet-adversarial/imagenet-a/{id}/b.jpg");

        Assert.Contains("only test images", Assert.Throws<InvalidInputException>(() => Open("imagenet-a").Counts(1)).Message,
            StringComparison.Ordinal);
        var refusal = Assert.Throws<InvalidInputException>(() =>
            KnownMethods.Parse("""{"datasets": ["imagenet-a"], "arms": [{"method": "coop"}]}"""));
        Assert.Equal("spec.json: $.datasets[0]: data set 'imagenet-a' has only test images; move it to \"evaluate\".", refusal.Message);
        Assert.Equal(["imagenet-v2", "imagenet-sketch", "imagenet-a", "imagenet-r"],
            KnownMethods.All.Formats.KnownNames.Except(KnownMethods.All.Formats.KnownFiles).Except(KnownMethods.All.Formats.KnownDrawn));
    }

    [Fact]
    public void Folders_and_names_that_do_not_fit_are_refused()
    {
        const string place = "imagenetv2/imagenetv2-matched-frequency-format-val";
        Names("imagenetv2");
        foreach (var number in (string[])["0", "1", "3"]) Image($"{place}/{number}/a.jpeg");
        Assert.Contains("contains an unexpected folder '3'; its 3 folders must be named 0 to 2", Refused("imagenet-v2"),
            StringComparison.Ordinal);
        Image($"{place}/2/a.jpeg");
        _folder.Write("imagenetv2/classnames.txt", $"{Ids[1]} b\n{Ids[0]} a\n{Ids[2]} c\n{Ids[3]} d\n");
        Assert.Contains("not sorted by WordNet id", Refused("imagenet-v2"), StringComparison.Ordinal);
        _folder.Write("imagenetv2/classnames.txt", $"{Ids[0]} a\n{Ids[1]} b\n");
        Assert.Contains("it has 2 lines for 4 folders", Refused("imagenet-v2"), StringComparison.Ordinal);

        Names("imagenet-rendition");
        foreach (var id in (string[])[Ids[0], "n99999999"]) Image($"imagenet-rendition/imagenet-r/{id}/b.jpg");
        Assert.Contains("has no line for the folder 'n99999999'", Refused("imagenet-r"), StringComparison.Ordinal);
    }

    private static string Digest(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private void Names(string folder) =>
        _folder.Write($"{folder}/classnames.txt", string.Concat(Ids.Select(id => $"{id} {Name(id)}\n")));

    private static string Name(string id) => $"name {int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture)}";

    private void Image(string path) => _folder.Write(path, _image);

    private string Refused(string name) => Assert.Throws<InvalidInputException>(() => Open(name)).Message;

    private IDataset Open(string name)
    {
        var source = FileDatasets.Known(name);
        return DatasetFormats.Open(DatasetFormats.Opener(KnownMethods.All.Formats.Of(source)), [_folder.Root], source);
    }
}
