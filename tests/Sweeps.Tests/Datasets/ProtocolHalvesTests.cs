using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AdaptCluster.Sweeps.Datasets;

namespace AdaptCluster.Sweeps.Tests.Datasets;

public class ProtocolHalvesTests
{
    private static readonly JsonElement Known =
        JsonDocument.Parse(File.ReadAllText(Repository.At("tests/golden/protocols/class-halves.json"))).RootElement;

    public static TheoryData<string> Sets => [.. Known.EnumerateObject().Select(set => set.Name)];

    [Theory, MemberData(nameof(Sets))]
    public void The_eleven_sets_are_cut_as_CoOp_cuts_them(string set)
    {
        var known = Known.GetProperty(set);
        var halves = ClassHalves.Of(Enumerable.Range(0, known.GetProperty("classes").GetInt32()).Reverse());
        foreach (var (name, labels) in ((string, int[])[])[(ClassHalves.Base, halves.Base), (ClassHalves.New, halves.New)])
        {
            var half = known.GetProperty(name);
            Assert.Equal(half.GetProperty("count").GetInt32(), labels.Length);
            Assert.Equal((half.GetProperty("first_label").GetInt32(), half.GetProperty("last_label").GetInt32()), (labels[0], labels[^1]));
            Assert.Equal(Enumerable.Range(labels[0], labels.Length), labels);
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void The_halves_hold_the_names_whose_digests_are_known(string set)
    {
        var folder = Path.Combine(Environment.GetEnvironmentVariable("ADAPTCLUSTER_DATA") ?? "", "classnames");
        Assert.SkipWhen(!Directory.Exists(folder), "Set ADAPTCLUSTER_DATA to a folder that has classnames/ with the names of each set.");
        var isImageNet = set == "imagenet";
        var names = File.ReadLines(Path.Combine(folder, isImageNet ? "imagenet_classnames.txt" : $"{set}.txt"))
            .Where(line => line.Length > 0).Select(line => isImageNet ? line.Split(' ', 2)[1] : line).ToArray();
        foreach (var half in ClassHalves.All)
        {
            var text = string.Join('\n', ClassHalves.Of(half, Enumerable.Range(0, names.Length)).Select(label => names[label]));
            Assert.Equal(Known.GetProperty(set).GetProperty(half).GetProperty("digest_names").GetString(),
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        }
    }

    [Fact]
    public void An_odd_number_gives_the_base_half_one_more_and_labels_may_have_gaps()
    {
        var (known, unknown) = ClassHalves.Of([9, 2, 2, 5, 9, 7, 30]);
        Assert.Equal([2, 5, 7], known);
        Assert.Equal([9, 30], unknown);
        Assert.Throws<ArgumentException>(() => ClassHalves.Of("old", [0, 1]));
    }
}
