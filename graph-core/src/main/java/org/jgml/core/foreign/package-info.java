/// What backends share whose kernels are in another language: operands as such kernels take them
/// ([RowLayout], [ProductOperands]), and files of what was built or measured for a device
/// ([DeviceFiles]). A backend may use it and need not.
package org.jgml.core.foreign;
