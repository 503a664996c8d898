using System.Text.Json.Nodes;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Tests.Library;

/// <summary>Snapshots as people have them: each is read, or refused with what it is and what helps.</summary>
public sealed class WildSnapshotsTests : IDisposable
{
    private readonly ScratchLibrary _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_snapshot_with_tokenizer_json_alone_gives_the_same_ids(bool mergesAsText)
    {
        var expected = _scratch.Library.Backbone("clip").Tokenizer.Encode("a photo of a red circle");
        Copy("fast");
        var merges = File.ReadLines(At("fast", "merges.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal));
        var model = new JsonObject
        {
            ["type"] = "BPE",
            ["end_of_word_suffix"] = "</w>",
            ["vocab"] = JsonNode.Parse(File.ReadAllText(At("fast", "vocab.json"))),
            ["merges"] = new JsonArray([.. merges.Select(line =>
                mergesAsText ? (JsonNode)line : new JsonArray([.. line.Split(' ').Select(part => (JsonNode)part)]))]),
        };
        File.WriteAllText(At("fast", "tokenizer.json"), new JsonObject { ["version"] = "1.0", ["model"] = model }.ToJsonString());
        File.Delete(At("fast", "vocab.json"));
        File.Delete(At("fast", "merges.txt"));

        Assert.Equal(expected, _scratch.Library.Backbone("fast").Tokenizer.Encode("a photo of a red circle"));
    }

    [Theory]
    [InlineData("org/name")]
    [InlineData("models--org--name")]
    public void The_layout_of_the_hubs_cache_is_followed_by_either_name(string name)
    {
        Copy("models--org--name/snapshots/0123abcd");
        Directory.CreateDirectory(At("models--org--name", "refs"));
        File.WriteAllText(At("models--org--name", "refs", "main"), "0123abcd");
        Assert.Equal(_scratch.Library.Backbone("clip").Fingerprint, _scratch.Library.Backbone(name).Fingerprint);
    }

    [Theory]
    [InlineData("adapter_config.json", "contains a PEFT adapter")]
    [InlineData("open_clip_config.json", "contains a model in OpenCLIP's own format")]
    [InlineData("model_index.json", "contains a diffusers pipeline")]
    public void A_folder_of_another_form_is_named_for_what_it_is(string file, string message)
    {
        Directory.CreateDirectory(At("other"));
        File.WriteAllText(At("other", file), "{}");
        Assert.Contains(message, Refused("other"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("open_clip_model.safetensors", "OpenCLIP's own form")]
    [InlineData("model.fp16.safetensors", "rename it to model.safetensors")]
    [InlineData("adapter_model.safetensors", "merge it into its base model")]
    [InlineData("diffusion_pytorch_model.safetensors", "a part of a diffusers pipeline")]
    public void Weights_of_another_form_are_named_for_what_they_are(string file, string message)
    {
        Copy("other");
        File.Move(At("other", "model.safetensors"), At("other", file));
        Assert.Contains(message, Refused("other"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_beside_whole_weights_is_refused()
    {
        Copy("other");
        Assert.NotNull(_scratch.Library.CurrentBackbone("other"));
        File.WriteAllText(At("other", "adapter_config.json"), "{}");

        Assert.Equal($"backbone 'other': {At("other")} contains an adapter (adapter_config.json) next to the full weights, which "
            + "transformers would load but AdaptCluster does not; merge it into the weights (merge_and_unload) and save the result with "
            + "save_pretrained, or move it to another folder.",
            Assert.Throws<InvalidInputException>(() => _scratch.Library.CurrentBackbone("other")).Message);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("config.json")]
    [InlineData("preprocessor_config.json")]
    [InlineData("processor_config.json")]
    [InlineData("open_clip_config.json")]
    [InlineData("model.safetensors.index.json", "model.safetensors")]
    [InlineData("tokenizer.json", "vocab.json", "merges.txt")]
    public void A_pointer_of_git_lfs_or_a_page_in_a_files_place_is_called_that(string file, params string[] insteadOf)
    {
        Copy("pointer");
        foreach (var other in insteadOf) File.Delete(At("pointer", other));
        File.WriteAllText(At("pointer", file), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 605157884\n");
        Assert.Contains($"{file} is a Git LFS pointer, not the file itself; run 'git lfs pull'", Refused("pointer"),
            StringComparison.Ordinal);
        File.WriteAllText(At("pointer", file), "<!DOCTYPE html><html>Sign in</html>");
        Assert.Contains($"{file} is an HTML page", Refused("pointer"), StringComparison.Ordinal);
    }

    private string Refused(string name) => Assert.Throws<InvalidInputException>(() => _scratch.Library.Backbone(name)).Message;

    private string At(params string[] parts) => _scratch.At(["models", .. parts]);

    private void Copy(string folder)
    {
        Directory.CreateDirectory(At(folder));
        foreach (var file in Directory.EnumerateFiles(At("clip"))) File.Copy(file, At(folder, Path.GetFileName(file)));
    }
}
