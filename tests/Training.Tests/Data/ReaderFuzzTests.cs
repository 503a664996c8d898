using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.CoOp;
using AdaptCluster.Training.Data.Lists;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tokenization;
using SkiaSharp;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>
/// Every reader of other people's files takes a damaged one or refuses it by <see cref="InvalidInputException"/>. tests/fuzz runs the same
/// with
/// more mutations (ADAPTCLUSTER_FUZZ, for each reader) and shows the figures.
/// </summary>
public sealed class ReaderFuzzTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>What one small file may take.</summary>
    private const long MostBytes = 256L << 20;

    private readonly ScratchFolder _folder = new();

    private static int Mutations =>
        int.Parse(Environment.GetEnvironmentVariable("ADAPTCLUSTER_FUZZ") ?? "300", CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Encoded_images(SKEncodedImageFormat format) =>
        Image(format.ToString(), TestImages.Encode(TestImages.Pattern(16, 12), format));

    [Fact]
    public void Bitmaps() => Image("Bmp", TestImages.Bitmap(TestImages.Pattern(16, 12)));

    [Fact]
    public void Gifs() => Image("Gif", TestImages.Gif);

    [Fact]
    public void Tiffs() => Image("Tiff", TestImages.Tiff(TestImages.Pattern(16, 12)));

    [Fact]
    public void Safetensors()
    {
        using var tensor = torch.zeros([2, 3, 4]);
        Run("safetensors", SafetensorsWriter.ToBytes(new Dictionary<string, torch.Tensor> { ["a"] = tensor, ["b"] = tensor }), bytes =>
        {
            using var file = SafetensorsFile.Read(bytes, "model.safetensors");
            foreach (var name in file.Entries.Keys) file.ToTensor(name).Dispose();
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mat_files(bool compressed)
    {
        byte[] row = [1, 0, 0, 0, 2, 0, 0, 0];
        var text = MatFileTests.Matrix(4, [1, 0, 0, 0, 1, 0, 0, 0], "", MatFileTests.Element(4, [65, 0]));
        var numbers = MatFileTests.Matrix(6, row, "", MatFileTests.Element(9, new byte[16]));
        var cells = MatFileTests.Matrix(1, row, "", [.. text, .. numbers]);
        var fields = MatFileTests.Element(1, [.. "fname\0\0\0"u8, .. "class\0\0\0"u8]);
        var table = MatFileTests.Matrix(
            2, [1, 0, 0, 0, 1, 0, 0, 0], "labels", [.. MatFileTests.Element(5, [8, 0, 0, 0]), .. fields, .. cells, .. numbers]);
        var file = MatFileTests.File(compressed ? MatFileTests.Compressed(table) : table);
        Run(compressed ? "mat, compressed" : "mat", file, bytes => MatFile.Read(bytes, "labels.mat", "labels"));
    }

    [Fact]
    public void Tables() =>
        Text("csv", "path,class,split\na/1.jpg,cat,train\n\"a/2.jpg\",\"do\"\"g\",test\r\n", path => SplitCsv.Read(path));

    [Fact]
    public void Split_files() =>
        Text("split json", """{"train": [["a/1.jpg", 0, "a"]], "val": [], "test": [["b/1.jpg", 1, "b"]]}""",
        path => SplitJson.Read(path, "add it"));

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("tokenizer.json")]
    public void Vocabularies(string name)
    {
        var vocabulary = BpeTrainer.Train(["photo", "phone", "photo"]);
        vocabulary.Save(_folder.Root);
        if (name == "tokenizer.json") ToFastTokenizer();
        Run(name, File.ReadAllBytes(_folder.At(name)), bytes =>
        {
            File.WriteAllBytes(_folder.At(name), bytes);
            ClipTokenizer.Load(_folder.Root, 77, vocabulary.Tokens.Count);
        });
    }

    private void ToFastTokenizer()
    {
        var merges = File.ReadLines(_folder.At("merges.txt")).Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => JsonValue.Create(line));
        var model = new JsonObject
        {
            ["type"] = "BPE",
            ["end_of_word_suffix"] = "</w>",
            ["vocab"] = JsonNode.Parse(File.ReadAllText(_folder.At("vocab.json"))),
            ["merges"] = new JsonArray([.. merges]),
        };
        File.WriteAllText(_folder.At("tokenizer.json"), new JsonObject { ["model"] = model }.ToJsonString());
        File.Delete(_folder.At("vocab.json"));
        File.Delete(_folder.At("merges.txt"));
    }

    private void Image(string reader, byte[] whole) => Run(reader, whole, bytes =>
    {
        var path = _folder.Write("image", bytes);
        try
        {
            ImageFile.Check(path);
        }
        catch (InvalidInputException)
        {
            // What the look at a file refuses must not end its decoding either.
        }
        ImageFile.Decode(path);
    });

    private void Text(string reader, string whole, Action<string> read) =>
        Run(reader, Encoding.UTF8.GetBytes(whole), bytes => read(_folder.Write("list", bytes)));

    private void Run(string reader, byte[] whole, Action<byte[]> read)
    {
        // A seed that is refused at once would show nothing of what lies behind.
        read(whole);
        var random = new System.Random(reader.Length);
        var (longest, most, refused) = (TimeSpan.Zero, 0L, 0);
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = Mutate(whole, random);
            var (start, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            try
            {
                read(bytes);
            }
            catch (InvalidInputException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"{reader}, mutation {i}: {error}\n{Convert.ToHexString(bytes)}");
            }
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }
        output.WriteLine($"{reader}: {Mutations} mutations, {refused} refused, 0 exceptions not ours, longest "
            + $"{longest.TotalMilliseconds:0} ms, "
            + $"most managed memory {most >> 10} KiB, process now {Environment.WorkingSet >> 20} MiB");
        Assert.InRange(most, 0, MostBytes);
    }

    private static byte[] Mutate(byte[] whole, System.Random random)
    {
        var bytes = random.Next(8) == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
        for (var i = random.Next(1, 6); i > 0 && bytes.Length > 0; i--)
        {
            // Headers lie in front, and extreme values hurt most.
            var at = random.Next(2) == 0 ? random.Next(Math.Min(64, bytes.Length)) : random.Next(bytes.Length);
            bytes[at] = random.Next(4) switch
            {
                0 => 0xFF,
                1 => 0,
                2 => (byte)(bytes[at] ^ (1 << random.Next(8))),
                _ => (byte)random.Next(256),
            };
        }
        return bytes;
    }
}
