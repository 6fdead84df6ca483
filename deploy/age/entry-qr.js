// The QR code of a receipt, drawn in the page: the code it holds is told to nobody else.
export { encodeQR } from "qr";
