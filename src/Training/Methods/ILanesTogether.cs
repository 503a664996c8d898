namespace AdaptCluster.Training.Methods;

/// <summary>A method whose lanes can pass through the towers together.</summary>
internal interface ILanesTogether
{
    /// <summary>
    /// Whether a group of lanes passes through the towers together, as decided by the method of its first lane. On a GPU, this saves kernel
    /// launches. On a CPU, math libraries may split a product with more rows differently, which changes the last bits, although a lane must
    /// produce the same bits by itself and in a group; <see cref="Jobs.JointPasses"/> therefore decides there.
    /// </summary>
    bool PassesTogether { get; set; }

    /// <summary>
    /// A text that, together with <see cref="ITrainableMethod.StepsWith"/> and the number of images, determines the shapes of all tensors
    /// of a lane's pass. With it, a CPU may let lanes pass together where the bits are found to be equal. Null if a CPU must not try.
    /// </summary>
    string? PassShape => null;
}
