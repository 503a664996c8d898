using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>Reads and writes config.json. The defaults are taken from CLIPConfig, CLIPTextConfig and CLIPVisionConfig in the "transformers"
/// library.</summary>
internal static class ClipConfigJson
{
    /// <summary>
    /// The placeholder ids in files from OpenAI and old exporters. If the end id is 2, the "transformers" library treats the largest id in
    /// a text as its end.
    /// </summary>
    private const int NoStart = 0, NoEnd = 2;

    private const int MostTokens = 2_000_000;

    internal static ClipConfig Read(byte[] json, string source) => SnapshotSection.Read(json, source, Read);

    internal static byte[] Write(ClipConfig config)
    {
        var vision = Tower(config.Vision, config, "clip_vision_model");
        vision["image_size"] = config.ImageSize;
        vision["patch_size"] = config.PatchSize;
        vision["num_channels"] = 3;
        var text = Tower(config.Text, config, "clip_text_model");
        text["vocab_size"] = config.VocabularySize;
        text["max_position_embeddings"] = config.ContextLength;
        text["bos_token_id"] = config.StartId ?? NoStart;
        text["eos_token_id"] = config.EndId ?? NoEnd;
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

    private static ClipConfig Read(SnapshotSection root)
    {
        root.Require("model_type", "clip");
        // Old files repeat a section under its name with the suffix _dict, which takes precedence in the library.
        var text = root.Child("text_config", "text_config_dict");
        var vision = root.Child("vision_config", "vision_config_dict");
        var config = new ClipConfig
        {
            Text = Tower(text, width: 512, heads: 8, mlp: 2048),
            Vision = Tower(vision, width: 768, heads: 12, mlp: 3072),
            VocabularySize = text.Integer("vocab_size", 49408, 3, MostTokens),
            StartId = text.Integer("bos_token_id", NoStart, 0, MostTokens) is var start and not NoStart ? start : null,
            EndId = text.Integer("eos_token_id", NoEnd, 0, MostTokens) is var end and not NoEnd ? end : null,
            ContextLength = text.Integer("max_position_embeddings", 77, 2, 4096),
            ImageSize = vision.Integer("image_size", 224, 1, 2048),
            PatchSize = vision.Integer("patch_size", 32, 1, 2048),
            EmbeddingSize = root.Integer("projection_dim", 512, 1, 16384),
            InitialLogitScale = root.Number("logit_scale_init_value", 2.6592, -20, 20),
        };
        if (vision.Integer("num_channels", 3, 1, 1024) != 3) throw vision.Bad("num_channels", "expected 3, since images are RGB");
        if (config.ImageSize % config.PatchSize != 0)
            throw vision.Bad("patch_size", $"it must divide image_size, which is {config.ImageSize}");
        if (config.Patches > 65536) throw vision.Bad("patch_size", $"this gives {config.Patches} patches per image; the limit is 65536");
        return config;
    }

    private static TowerConfig Tower(SnapshotSection section, int width, int heads, int mlp)
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
                _ => throw section.Bad("hidden_act", "expected quick_gelu or gelu"),
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
}
