using System.Diagnostics;
using System.Globalization;
using System.Text;
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
/// Every reader of other people's files takes a damaged one or refuses it by <see cref="InvalidInputException"/>. tests/fuzz runs the same with
/// more mutations (ADAPTCLUSTER_FUZZ, for each reader) and shows the figures.
/// </summary>
public sealed class ReaderFuzzTests(ITestOutputHelper output) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static int Mutations => int.Parse(Environment.GetEnvironmentVariable("ADAPTCLUSTER_FUZZ") ?? "300", CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Encoded_images(SKEncodedImageFormat format) => Image(format.ToString(), TestImages.Encode(TestImages.Pattern(16, 12), format));

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

    [Fact]
    public void Mat_files()
    {
        var numbers = MatFileTests.Element(14, [
            .. MatFileTests.Element(6, [6, 0, 0, 0, 0, 0, 0, 0]), .. MatFileTests.Element(5, [1, 0, 0, 0, 4, 0, 0, 0]), .. MatFileTests.Element(1, "labels\0\0"u8.ToArray()),
            .. MatFileTests.Element(9, new byte[32])]);
        Run("mat", MatFileTests.File(numbers), bytes => MatFile.Read(bytes, "labels.mat", "labels"));
    }

    [Fact]
    public void Tables() => Text("csv", "path,class,split\na/1.jpg,cat,train\n\"a/2.jpg\",\"do\"\"g\",test\r\n", path => SplitCsv.Read(path));

    [Fact]
    public void Split_files() => Text("split json", """{"train": [["a/1.jpg", 0, "a"]], "val": [], "test": [["b/1.jpg", 1, "b"]]}""", path => SplitJson.Read(path, "add it"));

    [Fact]
    public void Vocabularies()
    {
        var vocabulary = BpeTrainer.Train(["a photo"]);
        vocabulary.Save(_folder.Root);
        foreach (var name in (string[])["vocab.json", "merges.txt"])
        {
            var whole = File.ReadAllBytes(_folder.At(name));
            Run(name, whole, bytes =>
            {
                File.WriteAllBytes(_folder.At(name), bytes);
                ClipTokenizer.Load(_folder.Root, 77, vocabulary.StartId, vocabulary.EndId);
            });
            File.WriteAllBytes(_folder.At(name), whole);
        }
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

    private void Text(string reader, string whole, Action<string> read) => Run(reader, Encoding.UTF8.GetBytes(whole), bytes => read(_folder.Write("list", bytes)));

    private void Run(string reader, byte[] whole, Action<byte[]> read)
    {
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
        output.WriteLine($"{reader}: {Mutations} mutations, {refused} refused, 0 exceptions not ours, longest {longest.TotalMilliseconds:0} ms, most managed memory {most >> 10} KiB");
    }

    private static byte[] Mutate(byte[] whole, System.Random random)
    {
        var bytes = random.Next(8) == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
        for (var i = random.Next(1, 6); i > 0 && bytes.Length > 0; i--)
        {
            // Headers lie in front, and extreme values hurt most.
            var at = random.Next(2) == 0 ? random.Next(Math.Min(64, bytes.Length)) : random.Next(bytes.Length);
            bytes[at] = random.Next(4) switch { 0 => 0xFF, 1 => 0, 2 => (byte)(bytes[at] ^ (1 << random.Next(8))), _ => (byte)random.Next(256) };
        }
        return bytes;
    }
}
