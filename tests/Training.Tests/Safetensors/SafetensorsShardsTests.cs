using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Safetensors;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tests.Data;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Safetensors;

public sealed class SafetensorsShardsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public SafetensorsShardsTests()
    {
        using var model = ClipModel.CreateRandom(SmallClip.Config, seed: 5);
        model.Save(_folder.Root);
    }

    [Fact]
    public void A_model_in_three_shards_is_the_model_in_one_file()
    {
        using var scope = torch.NewDisposeScope();
        using var whole = ClipModel.Load(_folder.Root, torch.CPU);
        var facts = ClipModel.Examine(_folder.Root);
        Split(3);
        Assert.Equal(["model.safetensors.index.json", "model-0.safetensors", "model-1.safetensors", "model-2.safetensors"],
            SafetensorsShards.Files(_folder.Root));
        using var sharded = ClipModel.Load(_folder.Root, torch.CPU);
        var pixels = torch.randn(2, 3, 8, 8, generator: new torch.Generator(1));
        Assert.Equal(whole.EmbedImages(pixels).bytes.ToArray(), sharded.EmbedImages(pixels).bytes.ToArray());
        Assert.Equal((facts.Parameters, facts.Bytes), (ClipModel.Examine(_folder.Root).Parameters, ClipModel.Examine(_folder.Root).Bytes));
        Assert.Equal(whole.ParameterCount, facts.Parameters);
    }

    [Fact]
    public void A_shard_that_is_missing_or_lacks_a_tensor_is_named()
    {
        Split(2);
        File.Move(_folder.At("model-1.safetensors"), _folder.At("elsewhere"));
        Assert.StartsWith(_folder.At("model-1.safetensors"), Refusal(), StringComparison.Ordinal);
        File.Copy(_folder.At("model-0.safetensors"), _folder.At("model-1.safetensors"));
        Assert.Contains("should be in model-1.safetensors, which does not contain it", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "$.weight_map, an object that maps each tensor to its file, is missing")]
    [InlineData("""{"weight_map": {}}""", "$.weight_map names 0 files")]
    [InlineData("""{"weight_map": {"a": "../other/model.safetensors"}}""", "$.weight_map.a: found \"../other/model.safetensors\"")]
    [InlineData("""{"weight_map": {"a": "/etc/passwd"}}""", "expected the name of a file in the same folder")]
    [InlineData("""{"weight_map": {"a": ".."}}""", "expected the name of a file in the same folder")]
    [InlineData("""{"weight_map": {"a": 1}}""", "expected the name of a file in the same folder")]
    [InlineData("""{"weight_map": {"a": "x", "a": "y"}}""", "not valid JSON")]
    public void An_index_that_is_damaged_or_leads_elsewhere_is_refused(string index, string expected)
    {
        File.Delete(_folder.At(SafetensorsShards.FileName));
        File.WriteAllText(_folder.At(SafetensorsShards.IndexName), index);
        Assert.StartsWith(_folder.At(SafetensorsShards.IndexName), Refusal(), StringComparison.Ordinal);
        Assert.Contains(expected, Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "found pytorch_model.bin, a pickle")]
    [InlineData("open_clip_pytorch_model.bin", "OpenCLIP's own form")]
    [InlineData("ViT-B-16.pt", "a .pt file is in OpenAI's own form")]
    [InlineData("README.md", "has neither model.safetensors nor model.safetensors.index.json.")]
    public void A_folder_without_safetensors_is_told_what_its_files_are(string name, string expected)
    {
        File.Move(_folder.At(SafetensorsShards.FileName), _folder.At(name));
        Assert.Contains(expected, Refusal(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Refusal() => Assert.Throws<InvalidInputException>(() => ClipModel.Load(_folder.Root, torch.CPU)).Message;

    private void Split(int shards)
    {
        using var scope = torch.NewDisposeScope();
        using (var file = SafetensorsFile.Open(_folder.At(SafetensorsShards.FileName)))
        {
            var groups = file.Entries.Keys.Order(StringComparer.Ordinal).Index()
                .GroupBy(entry => entry.Index % shards, entry => entry.Item).ToArray();
            foreach (var group in groups)
                SafetensorsWriter.ToFile(_folder.At($"model-{group.Key}.safetensors"),
                    group.ToDictionary(name => name, name => file.ToTensor(name)));
            var map = string.Join(", ", groups.SelectMany(group => group.Select(name => $"\"{name}\": \"model-{group.Key}.safetensors\"")));
            File.WriteAllText(_folder.At(SafetensorsShards.IndexName),
                $"{{\"metadata\": {{\"total_size\": 1}}, \"weight_map\": {{{map}}}}}");
        }
        File.Delete(_folder.At(SafetensorsShards.FileName));
    }
}
