using System.Globalization;
using System.Text.Json;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Numerics;

namespace AdaptCluster.Training.Tests.Golden;

/// <summary>Cases with primitives.json and fewshot.json, made with CPython.</summary>
public class SamplingGoldenTests
{
    [Fact]
    public void The_generator_gives_CPythons_numbers()
    {
        foreach (var entry in Entries("primitives.json"))
        {
            var seed = entry.GetProperty("seed").GetInt64();
            var random = new PythonRandom(seed);
            Assert.Equal(Numbers(entry.GetProperty("getrandbits32_x8")), Enumerable.Range(0, 8).Select(_ => random.GetRandBits(32)));

            random = new PythonRandom(seed);
            var bits = entry.GetProperty("getrandbits_k");
            Assert.Equal(Numbers(bits.GetProperty("v")), Numbers(bits.GetProperty("k")).Select(k => random.GetRandBits((int)k)));

            random = new PythonRandom(seed);
            var doubles = entry.GetProperty("random_x5").EnumerateArray().Select(value => value.GetDouble());
            Assert.Equal(doubles, Enumerable.Range(0, 5).Select(_ => random.NextDouble()));

            random = new PythonRandom(seed);
            var below = entry.GetProperty("randbelow");
            Assert.Equal(Numbers(below.GetProperty("v")), Numbers(below.GetProperty("n")).Select(random.RandBelow));

            int[] items = [.. Enumerable.Range(0, 20)];
            new PythonRandom(seed).Shuffle<int>(items);
            Assert.Equal(Positions(entry.GetProperty("shuffle_range20")), items);
        }
    }

    [Fact]
    public void Samples_of_all_sizes_are_CPythons()
    {
        foreach (var entry in Entries("primitives.json"))
        {
            foreach (var sample in entry.GetProperty("sample_range_n_k").EnumerateArray())
            {
                int[] items = [.. Enumerable.Range(0, sample.GetProperty("n").GetInt32())];
                var drawn = new PythonRandom(entry.GetProperty("seed").GetInt64()).Sample(items, sample.GetProperty("k").GetInt32());
                Assert.Equal(Positions(sample.GetProperty("sample")), drawn.Take(40));
            }
        }
    }

    [Fact]
    public void The_few_shot_draw_is_CoOps_and_leaves_the_generator_where_CoOp_leaves_it()
    {
        foreach (var entry in Entries("fewshot.json"))
        {
            var train = Labels(entry.GetProperty("train_labels_rle"));
            var validation = Labels(entry.GetProperty("val_labels_rle"));
            foreach (var draw in entry.GetProperty("draws").EnumerateArray())
            {
                var shots = draw.GetProperty("shots").GetInt32();
                Assert.Equal(draw.GetProperty("val_shots").GetInt32(), FewShotSampler.ValidationShots(shots));
                var random = new PythonRandom(draw.GetProperty("seed").GetInt64());

                var drawn = FewShotSampler.Draw(train, validation, shots, random);

                Assert.Equal(Positions(draw.GetProperty("train_indices")), drawn.Train);
                Assert.Equal(Positions(draw.GetProperty("val_indices")), drawn.Validation);
                Assert.Equal(draw.GetProperty("next_getrandbits32").GetUInt64(), random.GetRandBits(32));
            }
        }
    }

    private static JsonElement[] Entries(string name)
    {
        var paths = GoldenFolders.CaseFolders().Select(folder => Path.Combine(folder, name)).Where(File.Exists).ToArray();
        Assert.NotEmpty(paths);
        return [.. paths.SelectMany(path => JsonSerializer.Deserialize<JsonElement[]>(File.ReadAllBytes(path))!)];
    }

    /// <summary>Numbers beyond 53 bits are written as strings.</summary>
    private static ulong[] Numbers(JsonElement list) =>
        [.. list.EnumerateArray().Select(value => ulong.Parse(value.ToString(), CultureInfo.InvariantCulture))];

    private static int[] Positions(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetInt32())];

    private static int[] Labels(JsonElement runs) =>
        [.. runs.EnumerateArray().SelectMany(run => Enumerable.Repeat(run[0].GetInt32(), run[1].GetInt32()))];
}
