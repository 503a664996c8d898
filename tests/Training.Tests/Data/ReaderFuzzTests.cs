using System.Text;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.CoOp;
using AdaptCluster.Training.Data.Lists;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tokenization;
using BitMiracle.LibTiff.Classic;
using SkiaSharp;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>
/// Every reader of other people's files takes a damaged one or refuses it by <see cref="InvalidInputException"/>. tests/fuzz runs the same
/// with more mutations and shows the figures.
/// </summary>
public sealed class ReaderFuzzTests(ITestOutputHelper output) : IDisposable
{
    private readonly ReaderFuzz _fuzz = new(output);
    private readonly ScratchFolder _folder = new();

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

    [Theory]
    [InlineData(Compression.LZW)]
    [InlineData(Compression.ADOBE_DEFLATE)]
    [InlineData(Compression.PACKBITS)]
    public void Compressed_tiffs(Compression compression) =>
        Image($"Tiff, {compression}", TestTiffs.Of(TestImages.Pattern(16, 12), alpha: i => (byte)i, compression: compression));

    [Fact]
    public void Safetensors()
    {
        using var tensor = torch.zeros([2, 3, 4]);
        _fuzz.Run("safetensors", SafetensorsWriter.ToBytes(new Dictionary<string, torch.Tensor> { ["a"] = tensor, ["b"] = tensor }),
            bytes =>
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
        _fuzz.Run(compressed ? "mat, compressed" : "mat", file, bytes => MatFile.Read(bytes, "labels.mat", "labels"));
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
        _fuzz.Run(name, System.IO.File.ReadAllBytes(_folder.At(name)), bytes =>
        {
            System.IO.File.WriteAllBytes(_folder.At(name), bytes);
            ClipTokenizer.Load(_folder.Root, SmallClip.Config with { VocabularySize = vocabulary.Tokens.Count });
        });
    }

    [Fact]
    public void Configurations() =>
        _fuzz.Run("config.json", ClipConfigJson.Write(SmallClip.Config), bytes => ClipConfigJson.Read(bytes, "config.json"));

    [Theory]
    [InlineData("preprocessor_config.json", """
        {"do_resize": true, "size": {"shortest_edge": 224}, "resample": 3, "crop_size": {"height": 224, "width": 224}, "rescale_factor": 0.00392,
         "do_normalize": true, "image_mean": [0.48, 0.45, 0.4], "image_std": [0.26, 0.26, 0.27]}
        """)]
    [InlineData("open_clip_config.json", """
        {"model_cfg": {"embed_dim": 512}, "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic"}}
        """)]
    [InlineData("processor_config.json", """{"image_processor": {"do_pad": null, "size": {"shortest_edge": 224}, "image_std": [0.2, 0.2, 0.2]}}""")]
    public void Preparations_of_images(string name, string text) =>
        File(name, Encoding.UTF8.GetBytes(text), () => PreprocessorConfig.Load(_folder.Root, 224));

    [Fact]
    public void Indices_of_shards()
    {
        using var tensor = torch.zeros([2, 3]);
        foreach (var name in (string[])["a", "b"])
            _folder.Write($"{name}.safetensors", SafetensorsWriter.ToBytes(new Dictionary<string, torch.Tensor> { [name] = tensor }));
        var index = """{"metadata": {"total_size": 48}, "weight_map": {"a": "a.safetensors", "b": "b.safetensors"}}"""u8;
        File(SafetensorsShards.IndexName, index.ToArray(), () => SafetensorsShards.Open(_folder.Root).Dispose());
    }

    [Theory]
    [InlineData("fgvc-aircraft", "variants.txt")]
    [InlineData("fgvc-aircraft", "images_variant_train.txt")]
    [InlineData("oxford-flowers", "cat_to_name.json")]
    [InlineData("oxford-pets", "annotations/trainval.txt")]
    [InlineData("sun397", "ClassName.txt")]
    [InlineData("sun397", "Training_01.txt")]
    [InlineData("ucf101", "ucfTrainTestlist/classInd.txt")]
    [InlineData("ucf101", "ucfTrainTestlist/trainlist01.txt")]
    [InlineData("imagenet", "classnames.txt")]
    public void Lists_of_the_data_sets_of_the_CoOp_family(string dataset, string list)
    {
        MiniatureTrees.Make(_folder.Root, dataset, split: false);
        var layout = CoOpLayouts.Find(dataset)!;
        File($"{layout.Folder}/{list}", System.IO.File.ReadAllBytes(_folder.At(layout.Folder, list)),
            () => layout.Read(new CoOpFolder([_folder.Root], layout)));
    }

    private void ToFastTokenizer()
    {
        var merges = System.IO.File.ReadLines(_folder.At("merges.txt")).Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => JsonValue.Create(line));
        var model = new JsonObject
        {
            ["type"] = "BPE",
            ["end_of_word_suffix"] = "</w>",
            ["vocab"] = JsonNode.Parse(System.IO.File.ReadAllText(_folder.At("vocab.json"))),
            ["merges"] = new JsonArray([.. merges]),
        };
        System.IO.File.WriteAllText(_folder.At("tokenizer.json"), new JsonObject { ["model"] = model }.ToJsonString());
        System.IO.File.Delete(_folder.At("vocab.json"));
        System.IO.File.Delete(_folder.At("merges.txt"));
    }

    private void Image(string reader, byte[] whole) => _fuzz.Run(reader, whole, bytes =>
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

    private void File(string name, byte[] whole, Action read) => _fuzz.Run(name, whole, bytes =>
    {
        _folder.Write(name, bytes);
        read();
    });

    private void Text(string reader, string whole, Action<string> read) =>
        _fuzz.Run(reader, Encoding.UTF8.GetBytes(whole), bytes => read(_folder.Write("list", bytes)));
}
