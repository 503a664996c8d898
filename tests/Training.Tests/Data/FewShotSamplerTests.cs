using System.Globalization;
using System.Text.Json;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Numerics;
using CsCheck;

namespace AdaptCluster.Training.Tests.Data;

public class FewShotSamplerTests
{
    private static readonly Gen<int[]> SomeLabels = Gen.Int[0, 6].Array[0, 200];

    [Fact]
    public void Every_class_gets_its_shots_or_all_its_images_and_none_twice() =>
        Gen.Select(SomeLabels, SomeLabels, Gen.Int[1, 20], Gen.Int).Sample((train, validation, shots, seed) =>
        {
            var drawn = FewShotSampler.Draw(train, validation, shots, new PythonRandom(seed));
            RequireShots(train, drawn.Train, shots);
            RequireShots(validation, drawn.Validation, Math.Min(shots, 4));
        });

    [Fact]
    public void Validation_from_the_training_images_never_takes_a_training_shot() =>
        Gen.Select(SomeLabels, Gen.Int[1, 20], Gen.Int).Sample((train, shots, seed) =>
        {
            var drawn = FewShotSampler.DrawFromTrain(train, shots, new PythonRandom(seed));
            Assert.Empty(drawn.Train.Intersect(drawn.Validation));
            Assert.Equal(FewShotSampler.Draw(train, [], shots, new PythonRandom(seed)).Train, drawn.Train);
            foreach (var (label, size) in train.CountBy(label => label))
                Assert.Equal(Math.Clamp(size - shots, 0, Math.Min(shots, 4)), drawn.Validation.Count(position => train[position] == label));
        });

    [Fact]
    public void A_class_that_is_taken_whole_uses_no_random_numbers()
    {
        int[] longer = [.. Enumerable.Repeat(0, 3), .. Enumerable.Repeat(1, 40)];
        int[] shorter = [.. Enumerable.Repeat(1, 40)];
        var first = FewShotSampler.Draw(longer, [], 16, new PythonRandom(1)).Train;
        var second = FewShotSampler.Draw(shorter, [], 16, new PythonRandom(1)).Train;
        Assert.Equal([0, 1, 2, .. second.Select(position => position + 3)], first);
    }

    [Fact]
    public void EuroSATs_first_class_is_drawn_as_published()
    {
        int[] train = Labels([1500, 1500, 1500, 1250, 1250, 1000, 1250, 1500, 1250, 1500]);
        int[] validation = Labels([600, 600, 600, 500, 500, 400, 500, 600, 500, 600]);
        var drawn = FewShotSampler.Draw(train, validation, 16, new PythonRandom(1));
        Assert.Equal([275, 1165, 129, 522, 241, 1014, 920, 967, 1334, 777, 429, 192, 999, 58, 798, 886], drawn.Train[..16]);
        Assert.Equal([463, 14, 287, 255], drawn.Validation[..4]);
    }

    [Fact]
    public void The_thirty_published_lists_come_out_by_their_digests()
    {
        var sets = File.ReadLines(Repository.At("tests/Training.Tests/Data/few-shot-digests.tsv")).Where(line => line[0] != '#')
            .Select(line => line.Split('\t')).ToArray();
        Assert.Equal(10, sets.Length);
        foreach (var set in sets)
        {
            int[] Sizes(string text) => [.. text.Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
            for (var seed = 1; seed <= 3; seed++)
            {
                var drawn = FewShotSampler.Draw(Labels(Sizes(set[1])), Labels(Sizes(set[2])), 16, new PythonRandom(seed));
                var text = $"{string.Join(',', drawn.Train)};{string.Join(',', drawn.Validation)}";
                Assert.Equal(set[2 + seed], Convert.ToHexStringLower(
                    System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))));
            }
        }
    }

    [Fact]
    public void All_published_lists_of_the_CoOp_family_are_redrawn()
    {
        var root = Environment.GetEnvironmentVariable("ADAPTCLUSTER_DATA");
        Assert.SkipWhen(root is null || !Directory.Exists(Path.Combine(root, "coop_fewshot")),
            "Set ADAPTCLUSTER_DATA to a folder that has coop_fewshot/ with the published lists.");
        var lists = Directory.GetFiles(Path.Combine(root!, "coop_fewshot"), "*-shot16-seed*.tsv");
        Assert.NotEmpty(lists);
        foreach (var list in lists)
        {
            var key = Path.GetFileName(list).Split("-shot16-seed");
            using var sizes = JsonDocument.Parse(File.ReadAllText(Path.Combine(root!, "coop_fewshot", key[0] + "-group_sizes.json")));
            var seed = int.Parse(Path.GetFileNameWithoutExtension(key[1]), CultureInfo.InvariantCulture);
            var drawn = FewShotSampler.Draw(Labels(sizes, "train"), Labels(sizes, "val"), 16, new PythonRandom(seed));
            var rows = File.ReadLines(list).Skip(1).Select(line => line.Split('\t'))
                .ToLookup(row => row[0], row => int.Parse(row[1], CultureInfo.InvariantCulture));
            Assert.Equal(rows["train"], drawn.Train);
            Assert.Equal(rows["val"], drawn.Validation);
        }
    }

    private static int[] Labels(JsonDocument sizes, string split) =>
        Labels([.. sizes.RootElement.GetProperty(split).EnumerateArray().Select(size => size.GetInt32())]);

    private static int[] Labels(int[] sizes) => [.. sizes.SelectMany((size, label) => Enumerable.Repeat(label, size))];

    private static void RequireShots(int[] labels, int[] drawn, int shots)
    {
        Assert.Equal(drawn.Length, drawn.Distinct().Count());
        Assert.Equal(labels.Distinct(), drawn.Select(position => labels[position]).Distinct());
        foreach (var (label, size) in labels.CountBy(label => label))
            Assert.Equal(Math.Min(size, shots), drawn.Count(position => labels[position] == label));
    }
}
