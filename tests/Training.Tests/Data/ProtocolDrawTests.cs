using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Numerics;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>The draws of 1, 2, 4, 8 and 16 shots and their halves of classes, against digests of the public lists.</summary>
public class ProtocolDrawTests
{
    private static readonly JsonElement Digests =
        JsonDocument.Parse(File.ReadAllText(Repository.At("tests/golden/protocols/fewshot-digests.json"))).RootElement;

    public static TheoryData<string> Sets => [.. Digests.EnumerateObject().Select(set => set.Name)];

    [Theory, MemberData(nameof(Sets))]
    public void Every_list_of_every_seed_and_shots_has_the_public_ones_digest(string set)
    {
        var known = Digests.GetProperty(set);
        var (train, validation) = (Labels(known.GetProperty("train_groups")), Labels(known.GetProperty("val_groups")));
        foreach (var (seed, shots, expected) in Draws(known))
        {
            var random = new PythonRandom(seed);
            var drawn = FewShotSampler.Draw(train, validation, shots, random);
            // What comes next shows that no number too many was drawn.
            Assert.Equal(expected.GetProperty("next_getrandbits32").GetInt64(), (long)random.GetRandBits(32));
            var (baseLabels, newLabels) = ClassHalves.Of(drawn.Train.Select(position => train[position]));
            foreach (var (half, labels) in ((string, int[])[])
                [("all", [.. train.Distinct().Order()]), ("base", baseLabels), ("new", newLabels)])
            {
                RequireDigest(expected.GetProperty(half).GetProperty("train"), drawn.Train, train, labels);
                RequireDigest(expected.GetProperty(half).GetProperty("val"), drawn.Validation, validation, labels);
            }
        }
    }

    [Theory, InlineData("dtd"), InlineData("eurosat")]
    public void The_lists_themselves_are_those_of_CoOp_item_by_item(string set)
    {
        var known = Digests.GetProperty(set);
        var labels = new Dictionary<string, int[]>
        {
            ["train"] = Labels(known.GetProperty("train_groups")),
            ["val"] = Labels(known.GetProperty("val_groups")),
        };
        var rows = File.ReadLines(Repository.At($"tests/golden/protocols/{set}-all-shots-seed1.tsv")).Skip(1)
            .Select(line => line.Split('\t')).GroupBy(row => Number(row[0])).ToArray();
        Assert.Equal([1, 2, 4, 8, 16], rows.Select(row => row.Key));
        foreach (var list in rows)
        {
            var drawn = FewShotSampler.Draw(labels["train"], labels["val"], list.Key, new PythonRandom(1));
            var halves = ClassHalves.Of(labels["train"]);
            IEnumerable<string> Rows(string part, int[] positions) => positions.Select(position =>
                $"{part} {position} {labels[part][position]} {Array.IndexOf(halves.Base, labels[part][position])}");
            Assert.Equal(list.Select(row => $"{row[1]} {row[2]} {row[3]} {row[4]}"),
                Rows("train", drawn.Train).Concat(Rows("val", drawn.Validation)));
        }
    }

    private static IEnumerable<(int Seed, int Shots, JsonElement Expected)> Draws(JsonElement known)
    {
        foreach (var seed in known.GetProperty("draws").EnumerateObject())
            foreach (var shots in seed.Value.EnumerateObject())
                yield return (Number(seed.Name), Number(shots.Name), shots.Value);
    }

    /// <summary>Lines "label TAB index" of the half's images in draw order, labels counted within the half.</summary>
    private static void RequireDigest(JsonElement expected, int[] positions, int[] labels, int[] half)
    {
        var lines = positions.Select(position => (Label: Array.IndexOf(half, labels[position]), position)).Where(item => item.Label >= 0)
            .Select(item => $"{item.Label}\t{item.position}").ToArray();
        Assert.Equal(expected[0].GetInt32(), lines.Length);
        Assert.Equal(expected[1].GetString(),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines)))));
    }

    private static int[] Labels(JsonElement groups) =>
        [.. groups.EnumerateArray().SelectMany(group => Enumerable.Repeat(group[0].GetInt32(), group[1].GetInt32()))];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
