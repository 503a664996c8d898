namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A file of a finished job. Values are part of the wire contract.</summary>
public enum JobFile
{
    /// <summary>The trained tensors and masks, as a safetensors file.</summary>
    Prompts = 0,

    /// <summary>The predictions for each validation and test image.</summary>
    Predictions = 1,
}
