using AdaptCluster.Training.Onnx;

namespace AdaptCluster.Training.Backbones;

/// <summary>A backbone whose image tower can be written as a graph of ONNX.</summary>
public interface IOnnxBackbone : IBackbone
{
    /// <summary>Adds all that lies between images and logits, in float32 whatever the backbone computes in.</summary>
    /// <param name="graph">The graph. Its constants belong to the current dispose scope or to the backbone.</param>
    /// <param name="pixels">A value of it, [B, 3, image size, image size], normalised.</param>
    /// <param name="classifier">The classifier's tensors.</param>
    /// <returns>The value of the logits, [B, classes].</returns>
    string AddLogits(OnnxGraph graph, string pixels, FixedClassifier classifier);
}
