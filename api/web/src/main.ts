import './style.css';
import {App} from './app';

customElements.define('shikong-app', App);
