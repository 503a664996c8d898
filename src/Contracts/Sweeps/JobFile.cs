namespace AdaptCluster.Contracts.Sweeps;

/// <summary>What is kept of a finished job beside its numbers. The values are part of the wire contract.</summary>
public enum JobFile
{
    /// <summary>The trained tensors and masks, a safetensors file.</summary>
    Prompts = 0,

    /// <summary>What it predicted for each validation and test image.</summary>
    Predictions = 1,
}
