using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Clip;

/// <summary>
/// Reads and writes config.json. Defaults: CLIPConfig, CLIPTextConfig and CLIPVisionConfig of the "transformers" library.
/// </summary>
internal static class ClipConfigJson
{
    private const int MaxFileLength = 1 << 20;

    internal static ClipConfig Read(byte[] json, string source)
    {
        if (json.Length > MaxFileLength)
            throw new InvalidInputException($"{source}: {json.Length} bytes; a config.json of a CLIP has at most {MaxFileLength}.");
        try
        {
            var text = json.AsMemory(json.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0);
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
            return Read(new Section(document.RootElement, null, "", source));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException($"{source}: no valid JSON ({e.Message.ReplaceLineEndings(" ")}).", e);
        }
    }

    internal static byte[] Write(ClipConfig config)
    {
        var vision = Tower(config.Vision, config, "clip_vision_model");
        vision["image_size"] = config.ImageSize;
        vision["patch_size"] = config.PatchSize;
        vision["num_channels"] = 3;
        var text = Tower(config.Text, config, "clip_text_model");
        text["vocab_size"] = config.VocabularySize;
        text["max_position_embeddings"] = config.ContextLength;
        text["bos_token_id"] = config.VocabularySize - 2;
        text["eos_token_id"] = config.VocabularySize - 1;
        text["pad_token_id"] = 0;
        var root = new JsonObject
        {
            ["architectures"] = new JsonArray("CLIPModel"),
            ["model_type"] = "clip",
            ["projection_dim"] = config.EmbeddingSize,
            ["logit_scale_init_value"] = config.InitialLogitScale,
            ["text_config"] = text,
            ["vision_config"] = vision,
        };
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true })) root.WriteTo(writer);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static ClipConfig Read(Section root)
    {
        root.Require("model_type", "clip");
        // Old files repeat a section under the name with _dict, and the library lets that one win.
        var text = root.Child("text_config", "text_config_dict");
        var vision = root.Child("vision_config", "vision_config_dict");
        var config = new ClipConfig
        {
            Text = Tower(text, width: 512, heads: 8, mlp: 2048),
            Vision = Tower(vision, width: 768, heads: 12, mlp: 3072),
            VocabularySize = text.Integer("vocab_size", 49408, 3, 2_000_000),
            ContextLength = text.Integer("max_position_embeddings", 77, 2, 4096),
            ImageSize = vision.Integer("image_size", 224, 1, 2048),
            PatchSize = vision.Integer("patch_size", 32, 1, 2048),
            EmbeddingSize = root.Integer("projection_dim", 512, 1, 16384),
            InitialLogitScale = root.Number("logit_scale_init_value", 2.6592, -20, 20),
        };
        if (vision.Integer("num_channels", 3, 1, 1024) != 3) throw vision.Bad("num_channels", "3 expected: images are RGB");
        if (config.ImageSize % config.PatchSize != 0)
            throw vision.Bad("patch_size", $"it must divide image_size, which is {config.ImageSize}");
        if (config.Patches > 65536) throw vision.Bad("patch_size", $"that makes {config.Patches} patches of an image; 65536 are the limit");
        return config;
    }

    private static TowerConfig Tower(Section section, int width, int heads, int mlp)
    {
        var tower = new TowerConfig
        {
            Width = section.Integer("hidden_size", width, 1, 16384),
            Depth = section.Integer("num_hidden_layers", 12, 1, 256),
            Heads = section.Integer("num_attention_heads", heads, 1, 1024),
            MlpWidth = section.Integer("intermediate_size", mlp, 1, 131072),
            LayerNormEpsilon = section.Number("layer_norm_eps", 1e-5, 0, 1),
            Activation = section.Text("hidden_act", "quick_gelu") switch
            {
                "quick_gelu" => ClipActivation.QuickGelu,
                "gelu" => ClipActivation.Gelu,
                _ => throw section.Bad("hidden_act", "quick_gelu or gelu expected"),
            },
        };
        if (tower.Width % tower.Heads != 0) throw section.Bad("num_attention_heads", $"it must divide hidden_size, which is {tower.Width}");
        return tower;
    }

    private static JsonObject Tower(TowerConfig tower, ClipConfig config, string type) => new()
    {
        ["model_type"] = type,
        ["hidden_size"] = tower.Width,
        ["intermediate_size"] = tower.MlpWidth,
        ["num_hidden_layers"] = tower.Depth,
        ["num_attention_heads"] = tower.Heads,
        ["hidden_act"] = tower.Activation == ClipActivation.Gelu ? "gelu" : "quick_gelu",
        ["layer_norm_eps"] = tower.LayerNormEpsilon,
        ["attention_dropout"] = 0.0,
        ["projection_dim"] = config.EmbeddingSize,
    };

    /// <summary>One JSON object of the file, with a second one whose keys win.</summary>
    private sealed class Section
    {
        private readonly JsonElement _first;
        private readonly JsonElement? _winning;
        private readonly string _path, _source;

        internal Section(JsonElement first, JsonElement? winning, string path, string source)
        {
            (_first, _winning, _path, _source) = (first, winning, path, source);
            if (first.ValueKind != JsonValueKind.Object)
                throw new InvalidInputException($"{source}: {(path.Length == 0 ? "the file" : path)} must be a JSON object.");
        }

        internal Section Child(string key, string winningKey)
        {
            var first = Find(key) ?? JsonElement.Parse("{}");
            return new Section(first, Find(winningKey) is { ValueKind: JsonValueKind.Object } winning ? winning : null, key, _source);
        }

        internal int Integer(string key, int absent, int low, int high)
        {
            if (Find(key) is not { } value) return absent;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= low && number <= high)
                return number;
            throw Bad(key, $"a whole number from {low} to {high} expected");
        }

        internal double Number(string key, double absent, double low, double high)
        {
            if (Find(key) is not { } value) return absent;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= low && number <= high)
                return number;
            throw Bad(key, FormattableString.Invariant($"a number from {low} to {high} expected"));
        }

        internal string Text(string key, string absent)
        {
            if (Find(key) is not { } value) return absent;
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad(key, "a string expected");
        }

        internal void Require(string key, string expected)
        {
            if (Text(key, expected) != expected) throw Bad(key, $"\"{expected}\" expected");
        }

        internal InvalidInputException Bad(string key, string expected)
        {
            var path = _path.Length == 0 ? key : $"{_path}.{key}";
            var found = Find(key)?.GetRawText().ReplaceLineEndings(" ") ?? "absent";
            return new InvalidInputException($"{_source}: {path} is {(found.Length > 80 ? found[..80] + "..." : found)}; {expected}.");
        }

        private JsonElement? Find(string key)
        {
            if (_winning?.TryGetProperty(key, out var winning) == true && winning.ValueKind != JsonValueKind.Null) return winning;
            return _first.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
        }
    }
}
