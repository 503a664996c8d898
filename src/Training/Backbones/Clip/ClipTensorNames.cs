namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>The names and shapes of a CLIP model's tensors, as in Hugging Face's CLIPModel.</summary>
internal static class ClipTensorNames
{
    internal const string LogitScale = "logit_scale";
    internal const string VisualProjection = "visual_projection.weight";
    internal const string TextProjection = "text_projection.weight";
    internal const string ClassEmbedding = "vision_model.embeddings.class_embedding";
    internal const string PatchEmbedding = "vision_model.embeddings.patch_embedding.weight";
    internal const string ImagePositions = "vision_model.embeddings.position_embedding.weight";
    internal const string TokenEmbedding = "text_model.embeddings.token_embedding.weight";
    internal const string TextPositions = "text_model.embeddings.position_embedding.weight";

    /// <summary>The name of the layer norm before the image tower's first block, misspelled as in the library.</summary>
    internal const string ImagePreNorm = "vision_model.pre_layrnorm";
    internal const string ImagePostNorm = "vision_model.post_layernorm";
    internal const string TextPostNorm = "text_model.final_layer_norm";
    internal const string VisionPrefix = "vision_model.";
    internal const string TextPrefix = "text_model.";

    /// <summary>Returns the common prefix of the tensor names in one block.</summary>
    internal static string Block(string tower, int index) => $"{tower}encoder.layers.{index}.";

    /// <summary>Whether a tensor can be ignored because it contains only position indices, which old files store.</summary>
    internal static bool IsIgnored(string name) => name is "vision_model.embeddings.position_ids" or "text_model.embeddings.position_ids";

    /// <summary>Returns the names and shapes of all tensors, in a fixed order.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> All(ClipConfig config)
    {
        long vision = config.Vision.Width, text = config.Text.Width;
        yield return (LogitScale, []);
        yield return (ClassEmbedding, [vision]);
        yield return (PatchEmbedding, [vision, 3, config.PatchSize, config.PatchSize]);
        yield return (ImagePositions, [config.ImageTokens, vision]);
        yield return (TokenEmbedding, [config.VocabularySize, text]);
        yield return (TextPositions, [config.ContextLength, text]);
        yield return (VisualProjection, [config.EmbeddingSize, vision]);
        yield return (TextProjection, [config.EmbeddingSize, text]);
        var rest = Linear(ImagePreNorm, [vision], vision)
            .Concat(Linear(ImagePostNorm, [vision], vision))
            .Concat(Linear(TextPostNorm, [text], text))
            .Concat(Blocks(VisionPrefix, config.Vision))
            .Concat(Blocks(TextPrefix, config.Text));
        foreach (var tensor in rest) yield return tensor;
    }

    private static IEnumerable<(string Name, long[] Shape)> Blocks(string tower, TowerConfig config)
    {
        long width = config.Width, mlp = config.MlpWidth;
        for (var index = 0; index < config.Depth; index++)
        {
            var block = Block(tower, index);
            var tensors = Linear(block + "layer_norm1", [width], width)
                .Concat(Linear(block + "self_attn.q_proj", [width, width], width))
                .Concat(Linear(block + "self_attn.k_proj", [width, width], width))
                .Concat(Linear(block + "self_attn.v_proj", [width, width], width))
                .Concat(Linear(block + "self_attn.out_proj", [width, width], width))
                .Concat(Linear(block + "layer_norm2", [width], width))
                .Concat(Linear(block + "mlp.fc1", [mlp, width], mlp))
                .Concat(Linear(block + "mlp.fc2", [width, mlp], width));
            foreach (var tensor in tensors) yield return tensor;
        }
    }

    private static (string Name, long[] Shape)[] Linear(string name, long[] weight, long bias) =>
        [(name + ".weight", weight), (name + ".bias", [bias])];
}
