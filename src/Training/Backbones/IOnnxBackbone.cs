using AdaptCluster.Training.Onnx;

namespace AdaptCluster.Training.Backbones;

/// <summary>A backbone whose image tower can be exported as an ONNX graph.</summary>
public interface IOnnxBackbone : IBackbone
{
    /// <summary>Adds the computation from pixels to logits to a graph, in float32 regardless of the backbone's precision.</summary>
    /// <param name="graph">The graph. Its constants belong to the current dispose scope or to the backbone.</param>
    /// <param name="pixels">The graph value of the pixels, [B, 3, image size, image size], normalised.</param>
    /// <param name="classifier">The classifier's tensors.</param>
    /// <returns>The graph value of the logits, [B, classes].</returns>
    string AddLogits(OnnxGraph graph, string pixels, FixedClassifier classifier);
}
